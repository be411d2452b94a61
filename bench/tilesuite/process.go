package main

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"puy/bench/walk"
)

// process is a server that was started, and what its memory came to.
type process struct {
	cmd     *exec.Cmd
	started time.Time
	host    string
	log     string

	mu       sync.Mutex
	peakAnon int64 // KB beyond the page cache
	done     chan struct{}
}

func (s *suite) start(ctx context.Context, program string, args ...string) (*process, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	host := l.Addr().String()
	if err := l.Close(); err != nil {
		return nil, err
	}
	p := &process{host: host, log: filepath.Join(s.dir, filepath.Base(program)+".log"), done: make(chan struct{})}
	log, err := os.Create(p.log)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	p.cmd = exec.CommandContext(ctx, program, append(args, "-listen", host)...)
	p.cmd.Env = append(os.Environ(), "PUY_TEST_POSTGRES="+s.database)
	p.cmd.Stdout, p.cmd.Stderr = log, log
	p.started = time.Now()
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go p.watch()
	return p, nil
}

// serve starts puy with a folder for its snapshots and a cache of so many bytes.
func (s *suite) serve(ctx context.Context, cacheBytes int) (*process, error) {
	return s.start(ctx, s.puy, "serve", "--store", s.database, "--cache", filepath.Join(s.dir, "cache"), "--tile-cache", strconv.Itoa(cacheBytes), "--log-level", "warn")
}

func (p *process) template(dataset string) walk.Template {
	return walk.Template("http://" + p.host + "/tiles/" + dataset + "/{z}/{x}/{y}.mvt")
}

// first waits for the first answer to a tile, and tells how long after the
// program's start it came.
func (p *process) first(ctx context.Context, t walk.Template, place walk.Place) (time.Duration, error) {
	for {
		_, err := walk.Fetch(ctx, t, place)
		if err == nil {
			return time.Since(p.started), nil
		}
		select {
		case <-p.done:
			text, _ := os.ReadFile(p.log) // what there is
			return 0, fmt.Errorf("the server ended: %s", text)
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-time.After(2 * time.Millisecond):
		}
		if time.Since(p.started) > 10*time.Minute {
			return 0, err
		}
	}
}

// watch samples the memory until the process is stopped.
func (p *process) watch() {
	for {
		kb := status(p.cmd.Process.Pid, "RssAnon")
		p.mu.Lock()
		p.peakAnon = max(p.peakAnon, kb)
		p.mu.Unlock()
		select {
		case <-p.done:
			return
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// memory gives the peaks in MB: all, and without the pages of files.
func (p *process) memory() (peak, anonymous int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return status(p.cmd.Process.Pid, "VmHWM") >> 10, p.peakAnon >> 10
}

// stop ends the server and waits for it.
func (p *process) stop() {
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // it may have ended already
	_ = p.cmd.Wait()                          // with whatever it says
	close(p.done)
}

// status reads a figure in KB from /proc, 0 where there is none.
func status(pid int, name string) int64 {
	f, err := os.Open(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	defer f.Close()
	for in := bufio.NewScanner(f); in.Scan(); {
		if rest, ok := strings.CutPrefix(in.Text(), name+":"); ok {
			kb, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			return kb
		}
	}
	return 0
}
