package markup

import (
	"context"

	"puy/geo/format"
)

// FindText finds how src is encoded: as declared, or "" for what the document
// declares or looks like.
func FindText(ctx context.Context, src *format.Source, declared string) (format.Text, error) {
	if declared == "" {
		head, err := src.Head()
		if err != nil {
			return format.Text{}, err
		}
		declared = DeclaredEncoding(head)
	}
	return format.FindText(ctx, src, declared)
}

// Open starts reading src, which is encoded as text says. The caller closes the file.
func Open(src *format.Source, text format.Text) (*format.SourceReader, *Scanner, error) {
	f, err := src.Open()
	if err != nil {
		return nil, nil, err
	}
	decoded, err := text.Reader(f)
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return f, New(decoded, src.Name()), nil
}
