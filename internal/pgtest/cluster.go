package pgtest

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// Cluster is a private PostgreSQL server in a temporary folder, on a port of
// 127.0.0.1 and on a socket in that folder.
type Cluster struct {
	URL string // of the database postgres, as a superuser

	folder string
	watch  *exec.Cmd
	hold   io.Closer // the watcher's standard input: it stops the server when this closes
}

// watcher runs the server until its standard input ends, as it does when the
// process that holds the other end dies, and then removes the folder.
const watcher = `"$1/postgres" -D "$2/data" -p "$3" -k "$2" -c listen_addresses=127.0.0.1 \
  -c fsync=off -c full_page_writes=off -c shared_buffers=128MB -c max_connections=200 -c max_wal_size=4GB \
  -c log_min_messages=warning >"$2/log" 2>&1 &
server=$!
cat >/dev/null
kill -QUIT "$server"
wait "$server"
rm -rf "$2"`

// Start makes and starts a cluster, as an unprivileged user if this process is
// root's, because PostgreSQL refuses to run as root. The error is ErrMissing
// where PostgreSQL is not installed.
func Start() (*Cluster, error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	attr, err := unprivileged()
	if err != nil {
		return nil, err
	}
	parent := os.TempDir()
	if attr.Credential != nil {
		parent = "/tmp" // root's own temporary folder may be closed to others
	}
	folder, err := os.MkdirTemp(parent, "puy-pg")
	if err != nil {
		return nil, fmt.Errorf("cannot make a folder for PostgreSQL: %w", err)
	}
	c := &Cluster{folder: folder}
	if err := c.start(bin, attr); err != nil {
		log, _ := os.ReadFile(filepath.Join(folder, "log")) // there is none if initdb failed
		c.Stop()
		os.RemoveAll(folder)
		return nil, fmt.Errorf("cannot start PostgreSQL from %s: %w\n%s", bin, err, log)
	}
	return c, nil
}

// unprivileged gives the attributes of child processes: in a session of their
// own, so that Ctrl-C reaches only the tests, and not as root.
func unprivileged() (*syscall.SysProcAttr, error) {
	attr := &syscall.SysProcAttr{Setsid: true}
	if os.Geteuid() != 0 {
		return attr, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, errUID := strconv.ParseUint(u.Uid, 10, 32)
		gid, errGID := strconv.ParseUint(u.Gid, 10, 32)
		if errUID == nil && errGID == nil {
			attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
			return attr, nil
		}
	}
	return nil, fmt.Errorf("PostgreSQL cannot run as root, and there is no user postgres or nobody")
}

func (c *Cluster) start(bin string, attr *syscall.SysProcAttr) error {
	password := rand.Text()
	passwordFile := filepath.Join(c.folder, "password")
	if err := os.WriteFile(passwordFile, []byte(password), 0o600); err != nil {
		return err
	}
	if attr.Credential != nil {
		for _, path := range []string{c.folder, passwordFile} {
			if err := os.Chown(path, int(attr.Credential.Uid), int(attr.Credential.Gid)); err != nil {
				return err
			}
		}
	}
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", filepath.Join(c.folder, "data"), "-U", "puy", "-A", "scram-sha-256",
		"--pwfile", passwordFile, "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions")
	initdb.SysProcAttr, initdb.Dir = attr, c.folder
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, bytes.TrimSpace(out))
	}
	port, err := freePort()
	if err != nil {
		return err
	}
	c.watch = exec.Command("/bin/sh", "-c", watcher, "sh", bin, c.folder, strconv.Itoa(port))
	c.watch.SysProcAttr, c.watch.Dir = attr, c.folder
	if c.hold, err = c.watch.StdinPipe(); err != nil {
		return err
	}
	if err := c.watch.Start(); err != nil {
		c.watch = nil
		return err
	}
	u := url.URL{Scheme: "postgres", User: url.UserPassword("puy", password), Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), Path: "/postgres"}
	c.URL = u.String()
	return answers(c.URL, 30*time.Second)
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// answers waits until the server takes connections.
func answers(url string, patience time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, url)
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the server did not answer in %v: %w", patience, err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Stop ends the server and removes its folder.
func (c *Cluster) Stop() {
	if c.watch == nil {
		return
	}
	c.hold.Close()
	c.watch.Wait() // its exit code is that of rm
	c.watch = nil
}
