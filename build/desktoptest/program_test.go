package desktoptest

import "testing"

func TestOnlyTheLibrarysOwnRaceIsPassedOver(t *testing.T) {
	const known = "==================\nWARNING: DATA RACE\nRead at 1 by goroutine 2:\n  fyne.io/systray.(*tray).GetLayout()\n" +
		"Previous write at 1 by goroutine 3:\n  fyne.io/systray.refresh()\n==================\n"
	const ours = "WARNING: DATA RACE\nRead at 1 by goroutine 2:\n  claude-sync/tray.(*host).show()\nWrite\n  fyne.io/systray.refresh()\n==================\n"
	const other = "WARNING: DATA RACE\nRead at 1 by goroutine 2:\n  fyne.io/systray.(*MenuItem).Check()\n==================\n"
	for text, want := range map[string]bool{"": false, known: false, ours: true, known + ours: true, ours + known: true, other: true, known + known: false} {
		if got := raced(text); got != want {
			t.Errorf("got %v, want %v of\n%s", got, want, text)
		}
	}
}
