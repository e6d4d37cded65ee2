// Git.exe replaces Git for Windows under Wine: it runs the git of this Linux, and translates paths to those of
// Windows. Wine can start Linux programs, but gives no handle to wait for them. So a script beside this program
// ("git") writes the answer into files.
package main

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

func main() { os.Exit(run()) }

func run() int {
	dir, err := os.MkdirTemp("", "git")
	if err != nil {
		return 127
	}
	defer func() { // one by one: os.RemoveAll needs more than Wine 8 has
		for _, name := range []string{"args", "out", "err", "code", "."} {
			_ = os.Remove(filepath.Join(dir, name))
		}
	}()
	self, err := os.Executable()
	if err != nil {
		return 127
	}
	cwd, err := os.Getwd()
	if err != nil {
		return 127
	}
	args := append([]string{cwd}, os.Args[1:]...)
	if err := os.WriteFile(filepath.Join(dir, "args"), []byte(strings.Join(args, "\x00")+"\x00"), 0o600); err != nil {
		return 127
	}
	script := filepath.Join(filepath.Dir(self), "git")
	if _, err := os.StartProcess(script, []string{script, dir}, &os.ProcAttr{Files: []*os.File{os.Stdin, os.Stdout, os.Stderr}}); err != nil {
		os.Stderr.WriteString(err.Error())
		return 127
	}
	for range 1500 { // polls, because Wine passes on no event from Linux
		if code, err := os.ReadFile(filepath.Join(dir, "code")); err == nil {
			n, err := strconv.Atoi(strings.TrimSpace(string(code)))
			if err = errors.Join(err, answer(dir)); err != nil {
				os.Stderr.WriteString(err.Error())
				return 127
			}
			return n
		}
		time.Sleep(10 * time.Millisecond)
	}
	return 127
}

func answer(dir string) error {
	for name, to := range map[string]*os.File{"out": os.Stdout, "err": os.Stderr} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		_, _ = to.Write(b)
	}
	return nil
}
