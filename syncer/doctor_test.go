package syncer

import (
	"slices"
	"testing"
)

func TestTheDoctorNamesAMissingGit(t *testing.T) {
	for _, missing := range []bool{true, false} {
		found := Diagnose(Facts{NoGit: missing})
		if got := slices.ContainsFunc(found, func(f Finding) bool { return f.Topic == "git" && f.Cure != "" }); got != missing {
			t.Errorf("missing %v: got %+v", missing, found)
		}
	}
}
