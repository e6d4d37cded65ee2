package ccsync

import "fmt"

// SessionID is the canonical UUID of a Claude Code conversation: 36 bytes, 8-4-4-4-12 lower-case hexadecimal
// digits. Nothing else may become one, because the transcript's file is named for it. Version and variant
// digits are not checked; Claude Code does not check them either.
type SessionID string

// ParseSessionID returns s as a SessionID, or an error with the reason why s is not one.
func ParseSessionID(s string) (SessionID, error) {
	if len(s) != 36 {
		return "", fmt.Errorf("session id %.60q is not a UUID: %d bytes long, not 36", s, len(s))
	}
	for i := range len(s) {
		c := s[i]
		dash := i == 8 || i == 13 || i == 18 || i == 23
		hex := c >= '0' && c <= '9' || c >= 'a' && c <= 'f'
		if dash && c != '-' || !dash && !hex {
			return "", fmt.Errorf("session id %.60q is not a lower-case UUID", s)
		}
	}
	return SessionID(s), nil
}

// Short returns the first eight digits, which people see and type.
func (id SessionID) Short() string {
	if len(id) < 8 {
		return string(id)
	}
	return string(id[:8])
}
