package engine

import "testing"

// A folder that is forgotten leaves the project's other ones; the last one takes the project with it, unless a person
// keeps the project on this machine.
func TestForgetCwdForgetsTheProjectWithItsLastFolder(t *testing.T) {
	for name, keep := range map[string]bool{"shared": false, "kept on this machine": true} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, t.TempDir(), "desktop")
			m := w.machines[0]
			first, second := w.cwd(m), t.TempDir()
			_, err := m.attach(t.Context(), checkout{key: testKey, cwd: second})
			w.check(err)
			w.check(m.KeepLocal(testKey, keep))
			w.check(m.ForgetCwd(testKey, first))
			reg, err := m.registry()
			w.check(err)
			if got := reg.Cwds(testKey); len(got) != 1 || got[0] != second {
				t.Errorf("got the folders %q, want %q", got, second)
			}
			w.check(m.ForgetCwd(testKey, second))
			reg, err = m.registry()
			w.check(err)
			if known := len(reg.Keys()) == 1; known != keep || reg.LocalOnly(testKey) != keep {
				t.Errorf("the project is known: %v, want %v", known, keep)
			}
		})
	}
}
