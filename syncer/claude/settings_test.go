package claude

import (
	"path/filepath"
	"testing"
	"time"
)

func TestRetentionIsTheUsersElseThirtyDays(t *testing.T) {
	for _, c := range []struct {
		name, settings string
		want           time.Duration
	}{
		{"set", `{"model":"x","cleanupPeriodDays":7}`, 7 * day},
		{"least", `{"cleanupPeriodDays":1}`, day},
		{"a fraction", `{"cleanupPeriodDays":1.5}`, 36 * time.Hour},
		{"the last of two, as JSON.parse", `{"cleanupPeriodDays":7,"cleanupPeriodDays":9}`, 9 * day},
		{"for ever", `{"cleanupPeriodDays":99999999999}`, longestRetention},
		{"not set", `{}`, defaultRetention},
		{"refused by Claude Code", `{"cleanupPeriodDays":0}`, defaultRetention},
		{"negative", `{"cleanupPeriodDays":-3}`, defaultRetention},
		{"a string", `{"cleanupPeriodDays":"7"}`, defaultRetention},
		{"nested", `{"env":{"cleanupPeriodDays":7}}`, defaultRetention},
		{"comments", "{\"cleanupPeriodDays\":7 // week\n}", defaultRetention},
		{"torn", `{"cleanupPeriodDays":7`, defaultRetention},
		{"no object", `[7]`, defaultRetention},
		{"empty", ``, defaultRetention},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, _ := newStore(t)
			write(t, filepath.Join(s.Dir, "settings.json"), c.settings)
			if got, err := s.Retention(); got != c.want || err != nil {
				t.Errorf("got %v, %v, want %v", got, err, c.want)
			}
		})
	}
}

func TestRetentionWithoutSettingsIsTheDefault(t *testing.T) {
	s, _ := newStore(t)
	if got, err := s.Retention(); got != defaultRetention || err != nil {
		t.Errorf("no file: got %v, %v, want %v", got, err, defaultRetention)
	}
	mkdir(t, filepath.Join(s.Dir, "settings.json"))
	if got, err := s.Retention(); got != defaultRetention || err == nil {
		t.Errorf("unreadable: got %v, %v, want %v and an error", got, err, defaultRetention)
	}
}
