package transcript

import (
	"io"

	"claude-sync/syncer/internal/rows"
)

// headLimit is how many bytes Meet reads of each side. Rows that a person pasted much into have tens of kilobytes.
const headLimit = 256 << 10

// Meet reports whether two transcripts have a row with a uuid in common near their beginnings: whether they are of one
// conversation, however far they have parted. It is no comparison: see Relate.
func Meet(a, b Source) (bool, error) {
	known, err := headUUIDs(a)
	if err != nil || len(known) == 0 {
		return false, err
	}
	theirs, err := headUUIDs(b)
	for uuid := range theirs {
		if known[uuid] {
			return true, nil
		}
	}
	return false, err
}

// headUUIDs returns the uuids of the rows near the beginning.
func headUUIDs(source Source) (map[string]bool, error) {
	all := map[string]bool{}
	s := rows.NewScanner(io.LimitReader(source.Open(), headLimit), "uuid")
	for s.Next() {
		if uuid := s.Row().Value; uuid != "" {
			all[uuid] = true
		}
	}
	return all, s.Err()
}
