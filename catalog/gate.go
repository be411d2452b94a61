package catalog

import (
	"regexp"
	"slices"
)

// The values of Dataset.Publish, besides none.
const (
	PublishStrict  = "strict"
	PublishLenient = "lenient"
)

// period is one or two ISO 8601 dates, cut to years or months or not.
var period = regexp.MustCompile(`^\d{4}(-\d{2}(-\d{2})?)?(/(\d{4}(-\d{2}(-\d{2})?)?)?)?$`)

// gate checks what the publication gate asks for, and takes access: internal
// for internal: true.
func (c *checker) gate(d *Dataset) {
	switch d.Access {
	case "":
	case "public":
		if d.Internal {
			c.note([]string{"access"}, "access: public and internal: true contradict each other")
		}
	case "internal":
		d.Internal = true
	default:
		c.note([]string{"access"}, "access: %q is not one of public, internal", d.Access)
	}
	d.Access = ""
	if !slices.Contains([]string{"", PublishStrict, PublishLenient}, d.Publish) {
		c.note([]string{"publish"}, "publish: %q is not one of strict, lenient", d.Publish)
	}
	if d.Period != "" && !period.MatchString(d.Period) {
		c.note([]string{"period"}, "period: one or two dates as 2019/2026 are expected")
	}
	if d.Contact.URL != "" {
		c.httpURL(d.Contact.URL, "contact", "url")
	}
	for _, id := range d.DerivedFrom {
		if err := CheckID(id); err != nil {
			c.note([]string{"derived_from"}, "derived_from: %v", err)
		}
	}
}
