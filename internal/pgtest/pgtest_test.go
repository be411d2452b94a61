package pgtest

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

func TestMain(m *testing.M) {
	if os.Getenv("PGTEST_CHILD") != "" {
		child()
		return
	}
	Main(m)
}

func TestDatabase(t *testing.T) {
	ctx := t.Context()
	urls := []string{Database(t), Database(t)}
	for _, u := range urls {
		conn, err := pgx.Connect(ctx, u)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(context.Background())
		var text string
		if err := conn.QueryRow(ctx, "SELECT ST_AsText(ST_Point(1, 2))").Scan(&text); err != nil || text != "POINT(1 2)" {
			t.Errorf("PostGIS answers %q, %v", text, err)
		}
		if _, err := conn.Exec(ctx, "CREATE TABLE only_here ()"); err != nil {
			t.Errorf("databases are not apart: %v", err)
		}
	}
}

// child starts a cluster, says where, and waits to be killed.
func child() {
	c, err := Start()
	if err != nil {
		os.Stdout.WriteString("error " + err.Error() + "\n")
		return
	}
	os.Stdout.WriteString(c.folder + " " + c.URL + "\n")
	time.Sleep(time.Minute)
}

func TestServerDiesWithKilledProcess(t *testing.T) {
	if _, err := binaries(); err != nil {
		Database(t) // skips or fails with its sentence
		t.Skip("there is a server, but no binaries to start another")
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "PGTEST_CHILD=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 1000)
	n, err := out.Read(buf)
	if err != nil {
		t.Fatal(err)
	}
	folder, url, _ := strings.Cut(strings.TrimSpace(string(buf[:n])), " ")
	if folder == "error" {
		t.Fatal(url)
	}
	if err := answers(url, time.Second); err != nil {
		t.Fatal(err)
	}
	cmd.Process.Kill()
	cmd.Wait()
	for range 100 {
		if _, err := os.Stat(filepath.Join(folder, "data")); os.IsNotExist(err) {
			if answers(url, 100*time.Millisecond) == nil {
				t.Error("the server still answers")
			}
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Errorf("%s is still there", folder)
}
