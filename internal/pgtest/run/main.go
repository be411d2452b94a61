// Command run starts one PostgreSQL for the command that follows, tells it the
// address in PUY_TEST_POSTGRES, and ends with its exit code:
//
//	go run ./internal/pgtest/run -- go test ./...
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"puy/internal/pgtest"
)

func main() { os.Exit(run(os.Args[1:])) }

func run(args []string) int {
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		fmt.Fprintln(os.Stderr, "usage: run -- COMMAND [ARGUMENT…]")
		return 2
	}
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if os.Getenv(pgtest.Variable) == "" {
		cluster, err := pgtest.Start()
		switch {
		case err == nil:
			defer cluster.Stop()
			cmd.Env = append(os.Environ(), pgtest.Variable+"="+cluster.URL)
		case errors.Is(err, pgtest.ErrMissing) && os.Getenv("CI") != "true":
			fmt.Fprintln(os.Stderr, err) // the command's tests say for themselves that they are skipped
		default:
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	if err := cmd.Start(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 127
	}
	go func() {
		for s := range signals {
			cmd.Process.Signal(s) // a command that has ended needs none
		}
	}()
	return exitCode(cmd.Wait(), cmd.ProcessState)
}

// exitCode gives the command's own, or 128 and the signal's number as shells do.
func exitCode(err error, state *os.ProcessState) int {
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	if code := state.ExitCode(); code >= 0 {
		return code
	}
	fmt.Fprintln(os.Stderr, err)
	return 1
}
