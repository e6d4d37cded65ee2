package claude

import (
	"testing"
	"time"
)

func TestPulledTranscriptIsNeitherSweptNorTheNewest(t *testing.T) {
	store := Store{Dir: t.TempDir(), Now: func() time.Time { return noon }} // without settings: 30 days
	for _, c := range []struct {
		name       string
		last, want time.Time
	}{
		{"an hour ago", noon.Add(-time.Hour), noon.Add(-time.Hour)},
		{"now", noon, noon},
		{"a clock ahead", noon.Add(time.Hour), noon},
		{"half the retention", noon.Add(-15 * day), noon.Add(-15 * day)},
		{"older", noon.Add(-16 * day), noon.Add(-15 * day)},
		{"unknown", time.Time{}, noon.Add(-15 * day)},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := store.ArrivalTime(c.last); !got.Equal(c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}
