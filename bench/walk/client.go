package walk

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

// patience is how long one answer may take.
const patience = 60 * time.Second

// client has one connection, which it keeps. It is plain HTTP/1.1 without
// http.Client, whose goroutines would take part of the machine that is measured.
type client struct {
	ctx  context.Context
	conn net.Conn
	in   *bufio.Reader
	out  []byte
	// plain: no Accept-Encoding, which is gzip else.
	plain bool
}

// get asks for an address and gives the status and how
// many bytes of body came. The body goes to w.
func (c *client) get(address string, w io.Writer) (status int, size int64, header http.Header, err error) {
	u, err := url.Parse(address)
	if err != nil {
		return 0, 0, nil, err
	}
	if u.Scheme != "http" {
		return 0, 0, nil, fmt.Errorf("%s: only http is spoken here", address)
	}
	if c.conn == nil {
		host := u.Host
		if u.Port() == "" {
			host = net.JoinHostPort(host, "80")
		}
		if c.conn, err = (&net.Dialer{Timeout: patience}).DialContext(c.ctx, "tcp", host); err != nil {
			c.conn = nil
			return 0, 0, nil, err
		}
		c.in = bufio.NewReaderSize(c.conn, 64<<10)
	}
	defer func() {
		if err != nil {
			c.close()
		}
	}()
	if err = c.conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return 0, 0, nil, err
	}
	c.out = append(append(c.out[:0], "GET "...), u.RequestURI()...)
	c.out = append(append(c.out, " HTTP/1.1\r\nHost: "...), u.Host...)
	if !c.plain {
		c.out = append(c.out, "\r\nAccept-Encoding: gzip"...)
	}
	c.out = append(c.out, "\r\nUser-Agent: puy-bench\r\n\r\n"...)
	if _, err = c.conn.Write(c.out); err != nil {
		return 0, 0, nil, err
	}
	answer, err := http.ReadResponse(c.in, nil)
	if err != nil {
		return 0, 0, nil, err
	}
	size, err = io.Copy(w, answer.Body)
	if answer.Close {
		c.close()
	}
	return answer.StatusCode, size, answer.Header, err
}

func (c *client) close() {
	if c.conn != nil {
		_ = c.conn.Close() // nothing is waiting to be sent
		c.conn = nil
	}
}
