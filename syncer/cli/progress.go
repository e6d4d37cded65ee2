package cli

import (
	"os"
	"time"

	"claude-sync/syncer"
	"claude-sync/syncer/engine"
	"claude-sync/syncer/words"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// patience is how long work may take before a person wants to see that it goes on.
const patience = time.Second

// progress shows a bar on a terminal's stderr once the work takes longer than a second, and nothing in a
// pipe. The returned function takes the bar away.
func (a *app) progress(m *engine.Machine) (done func()) {
	file, ok := a.Err.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return func() {}
	}
	start := time.Now()
	var bar *progressbar.ProgressBar
	m.Progress = func(p syncer.Progress) {
		if bar == nil {
			if time.Since(start) < patience {
				return
			}
			bar = progressbar.NewOptions64(-1, progressbar.OptionSetWriter(file), progressbar.OptionShowBytes(true),
				progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish(), progressbar.OptionSetElapsedTime(false))
		}
		bar.Describe(p.Label + ", " + words.Count(p.Steps-p.Step+1, "session") + " to go")
		_ = bar.Set64(p.Bytes) // a terminal that went away is no reason to stop
	}
	return func() {
		if bar != nil {
			_ = bar.Finish()
		}
	}
}
