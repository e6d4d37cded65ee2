package claude

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"claude-sync/syncer/internal/rows"
)

const (
	day              = 24 * time.Hour
	defaultRetention = 30 * day
	// longestRetention keeps 999999, which people write for "never", inside a time.Duration.
	longestRetention = 100_000 * day
)

// Retention returns how long Claude Code keeps a transcript after its modification time: the member
// cleanupPeriodDays of the user's settings.json. It is 30 days if there is no such member, if it is below 1 (which
// Claude Code refuses) or if the file is broken. A project's or an administrator's settings may say otherwise and
// are not looked at. If the file is there and cannot be read, the default comes with the error.
func (s Store) Retention() (time.Duration, error) {
	data, err := os.ReadFile(filepath.Join(s.Dir, "settings.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return defaultRetention, nil
	}
	if err != nil {
		return defaultRetention, fmt.Errorf("reading Claude Code's settings: %w", err)
	}
	return retentionIn(data), nil
}

func retentionIn(settings []byte) time.Duration {
	if !json.Valid(settings) {
		return defaultRetention
	}
	period := defaultRetention
	for key, value := range rows.Members(settings) {
		if key == "cleanupPeriodDays" {
			period = retentionOf(value)
		}
	}
	return period
}

func retentionOf(value []byte) time.Duration {
	days, err := strconv.ParseFloat(string(value), 64)
	switch {
	case err != nil || days < 1:
		return defaultRetention
	case days > float64(longestRetention/day):
		return longestRetention
	}
	return time.Duration(days * float64(day))
}
