package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// contender is one row of a table: a command that is measured in every round.
type contender struct {
	name    string
	prepare func() error // not measured
	command func() *exec.Cmd
	codes   []int // exit codes that are right, beside 0
	took    []time.Duration
	worked  []time.Duration // processor time of all cores, in the process and in the kernel
	memory  []int64         // bytes; empty if the system does not say
}

// round prepares and runs the command once.
func (c *contender) round() error {
	if c.prepare != nil {
		if err := c.prepare(); err != nil {
			return err
		}
	}
	command := c.command()
	var said strings.Builder
	command.Stderr = &said
	begun := time.Now()
	err := command.Run()
	took := time.Since(begun)
	var exit *exec.ExitError
	if errors.As(err, &exit) && slices.Contains(c.codes, exit.ExitCode()) {
		err = nil
	}
	if err != nil {
		return fmt.Errorf("%s: %w: %s", c.name, err, said.String())
	}
	c.took = append(c.took, took)
	c.worked = append(c.worked, command.ProcessState.UserTime()+command.ProcessState.SystemTime())
	c.memory = append(c.memory, peak(command.ProcessState))
	return nil
}

// table is a list of contenders. The first is the yardstick.
type table struct {
	title string
	rows  []*contender
}

// measure runs all contenders in turn, once in each round. A first round warms the caches and does not count.
func (t *table) measure(rounds int) error {
	for round := range rounds + 1 {
		for _, c := range t.rows {
			if err := c.round(); err != nil {
				return fmt.Errorf("%s: %w", t.title, err)
			}
		}
		if round == 0 {
			for _, c := range t.rows {
				c.took, c.worked, c.memory = nil, nil, nil
			}
		}
	}
	return nil
}

// String returns the table in Markdown. On a busy machine, processor time says more than elapsed time.
func (t *table) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "| %s | median | × %s | processor | × | peak memory |\n| --- | --- | --- | --- | --- | --- |\n", t.title, t.rows[0].name)
	for _, c := range t.rows {
		memory := "–"
		if most := slices.Max(c.memory); most > 0 {
			memory = fmt.Sprintf("%.1f MB", float64(most)/1e6)
		}
		fmt.Fprintf(&b, "| %s | %.1f ms | %.2f | %.1f ms | %.2f | %s |\n", c.name, float64(median(c.took))/1e6, ratio(c.took, t.rows[0].took),
			float64(median(c.worked))/1e6, ratio(c.worked, t.rows[0].worked), memory)
	}
	return b.String()
}

// ratio returns the median of the ratios within each round.
func ratio(a, b []time.Duration) float64 {
	all := make([]float64, len(a))
	for i := range a {
		all[i] = float64(a[i]) / float64(max(1, b[i]))
	}
	return median(all)
}

func median[T float64 | time.Duration](all []T) T {
	sorted := slices.Sorted(slices.Values(all))
	return sorted[len(sorted)/2]
}

// shell returns a command that runs a line of shell with the arguments $1, $2, ….
func shell(line string, args ...string) func() *exec.Cmd {
	return func() *exec.Cmd { return exec.Command("sh", append([]string{"-c", line, "sh"}, args...)...) }
}

// remove returns a prepare function that removes the paths.
func remove(paths ...string) func() error {
	return func() error {
		for _, p := range paths {
			if err := os.RemoveAll(p); err != nil {
				return err
			}
		}
		return nil
	}
}
