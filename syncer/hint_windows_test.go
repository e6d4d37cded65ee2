package syncer

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/sys/windows"
)

func TestAFileThatAnotherProgramHasOpenIsHintedAt(t *testing.T) {
	err := fmt.Errorf("replacing: %w", windows.ERROR_SHARING_VIOLATION)
	if got := Hint(err); !strings.Contains(got, "has the file open") {
		t.Errorf("got %q", got)
	}
}
