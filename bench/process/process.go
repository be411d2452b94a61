// Package process runs the servers that benchmarks measure, and watches their
// memory.
package process

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
)

// Process is a server that was started, and what its memory came to.
type Process struct {
	Host    string // its address and port
	Started time.Time

	cmd      *exec.Cmd
	log      string
	mu       sync.Mutex
	peakAnon int64 // KB beyond the page cache
	done     chan struct{}
}

// Start runs a program that takes -listen, on a free port. Its output goes to a
// file in dir; env is added to the environment. The caller ends it with Stop.
func Start(ctx context.Context, dir string, env []string, program string, args ...string) (*Process, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	host := l.Addr().String()
	if err := l.Close(); err != nil {
		return nil, err
	}
	p := &Process{Host: host, log: filepath.Join(dir, filepath.Base(program)+".log"), done: make(chan struct{})}
	log, err := os.Create(p.log)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	p.cmd = exec.CommandContext(ctx, program, append(args, "-listen", host)...)
	p.cmd.Env = append(os.Environ(), env...)
	p.cmd.Stdout, p.cmd.Stderr = log, log
	p.Started = time.Now()
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go p.watch()
	return p, nil
}

// Wait calls ready until it gives no error, and tells how long after the
// program's start that was.
func (p *Process) Wait(ctx context.Context, ready func() error) (time.Duration, error) {
	for {
		err := ready()
		if err == nil {
			return time.Since(p.Started), nil
		}
		select {
		case <-p.done:
			text, _ := os.ReadFile(p.log) // what there is
			return 0, fmt.Errorf("the server ended: %s", text)
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-time.After(2 * time.Millisecond):
		}
		if time.Since(p.Started) > 10*time.Minute {
			return 0, err
		}
	}
}

// watch samples the memory until the process is stopped.
func (p *Process) watch() {
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

// Memory gives the peaks in MB: all, and without the pages of files.
func (p *Process) Memory() (peak, anonymous int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return status(p.cmd.Process.Pid, "VmHWM") >> 10, p.peakAnon >> 10
}

// Stop ends the server and waits for it.
func (p *Process) Stop() {
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
