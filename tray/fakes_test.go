package tray

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"claude-sync/syncer"
	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/command"
	"claude-sync/syncer/project"
	"claude-sync/syncer/transport"
	"claude-sync/tray/menu"
)

const (
	app       = project.Key("git:https://example.com/a/app")
	sessionID = ccsync.SessionID("11111111-1111-4111-8111-111111111111")
)

// fakeHost is a panel that remembers what it was shown, and when.
type fakeHost struct {
	mu     sync.Mutex // guards shows
	shows  []shownAt
	clicks chan command.Command
	open   chan struct{}
}

type shownAt struct {
	menu.Menu
	at time.Time
}

func (h *fakeHost) Show(m menu.Menu) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.shows = append(h.shows, shownAt{m, time.Now()})
}

func (h *fakeHost) Clicks() <-chan command.Command { return h.clicks }

func (h *fakeHost) Opened() <-chan struct{} { return h.open }

func (h *fakeHost) all() []shownAt {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.shows)
}

// fakeEngine runs functions of the test.
type fakeEngine struct {
	mu    sync.Mutex // guards all below
	seen  Seen
	err   error
	looks []time.Time
	done  []command.Command
	busy  int
	most  int // pieces of work at the same time
	// look and do, unless nil, take the place of an immediate success.
	look func(context.Context)
	do   func(context.Context, command.Command, func(syncer.Progress)) ([]syncer.Event, error)
}

func (e *fakeEngine) set(seen Seen, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.seen, e.err = seen, err
}

func (e *fakeEngine) Look(ctx context.Context) (Seen, error) {
	e.mu.Lock()
	e.looks = append(e.looks, time.Now())
	look := e.look
	e.mu.Unlock()
	if look != nil {
		look(ctx)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	s := e.seen
	s.Snapshot.Time = time.Now()
	return s, e.err
}

func (e *fakeEngine) Do(ctx context.Context, c command.Command, progress func(syncer.Progress)) ([]syncer.Event, error) {
	e.mu.Lock()
	e.done = append(e.done, c)
	e.busy++
	e.most = max(e.most, e.busy)
	do := e.do
	e.mu.Unlock()
	defer func() {
		e.mu.Lock()
		e.busy--
		e.mu.Unlock()
	}()
	if do == nil {
		return nil, nil
	}
	return do(ctx, c, progress)
}

func (e *fakeEngine) Health(context.Context) (string, error) { return "/state/health.txt", nil }

func (e *fakeEngine) asked() []command.Command {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.done)
}

func (e *fakeEngine) looked() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.looks)
}

func (e *fakeEngine) lastLook() time.Time {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.looks[len(e.looks)-1]
}

// fakeWatcher sends the changes of the test.
type fakeWatcher struct {
	mu      sync.Mutex // guards folders
	folders []string
	changes chan struct{}
}

func (w *fakeWatcher) Watch(folders []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.folders = folders
}

func (w *fakeWatcher) Changes() <-chan struct{} { return w.changes }

func (w *fakeWatcher) Close() {}

// bubble is a loop with nothing real around it.
type bubble struct {
	*loop
	t       *testing.T
	host    *fakeHost
	engine  *fakeEngine
	watcher *fakeWatcher
	shows   chan struct{}
	stop    context.CancelFunc
	// Channels of a bubble are made in it.
	end       chan struct{}
	elsewhere chan command.Command

	mu   sync.Mutex // guards news
	news []News
}

// inBubble runs a test beside a loop whose first look is over.
func inBubble(t *testing.T, prepare func(*bubble), test func(*bubble)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := &bubble{t: t,
			host:    &fakeHost{clicks: make(chan command.Command), open: make(chan struct{})},
			engine:  &fakeEngine{seen: Seen{Snapshot: quiet(), Folders: []string{"a"}}},
			watcher: &fakeWatcher{changes: make(chan struct{})},
			shows:   make(chan struct{}), end: make(chan struct{}), elsewhere: make(chan command.Command)}
		o := Options{Version: "1", News: func(n News) {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.news = append(b.news, n)
		}}
		b.loop = newLoop(o, b.host, b.engine, b.watcher)
		b.loop.show = b.shows
		if prepare != nil {
			prepare(b)
		}
		ctx, cancel := context.WithCancel(t.Context())
		b.stop = cancel
		go b.run(ctx)
		synctest.Wait()
		test(b)
		cancel()
		<-b.over
	})
}

func (b *bubble) click(commands ...command.Command) {
	for _, c := range commands {
		b.host.clicks <- c
	}
	synctest.Wait()
}

// pass lets time go by, in which everything that is due happens.
func (b *bubble) pass(d time.Duration) {
	timer := time.NewTimer(d)
	<-timer.C
	synctest.Wait()
}

// picture is the newest one, after it had the time to appear.
func (b *bubble) picture() menu.Menu {
	b.t.Helper()
	b.pass(2 * minRepaint)
	all := b.host.all()
	if len(all) == 0 {
		b.t.Fatal("nothing was shown")
	}
	return all[len(all)-1].Menu
}

func (b *bubble) told() []News {
	b.pass(0)
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.news)
}

// labels are all of a menu's, one a line, children after their parent.
func labels(m menu.Menu) string {
	var all []string
	var add func([]menu.Item)
	add = func(items []menu.Item) {
		for _, i := range items {
			all = append(all, i.Label)
			add(i.Children)
		}
	}
	add(m.Items)
	return strings.Join(all, "\n")
}

func (b *bubble) wantLabel(part string) {
	b.t.Helper()
	if got := labels(b.picture()); !strings.Contains(got, part) {
		b.t.Errorf("got\n%s\nwant %q in it", got, part)
	}
}

func (b *bubble) wantNoLabel(part string) {
	b.t.Helper()
	if got := labels(b.picture()); strings.Contains(got, part) {
		b.t.Errorf("got\n%s\nwant no %q in it", got, part)
	}
}

func (b *bubble) wantDone(want ...command.Command) {
	b.t.Helper()
	if got := b.engine.asked(); !slices.Equal(got, want) {
		b.t.Errorf("got %v done, want %v", got, want)
	}
}

// quiet is a machine on which nothing is to be done.
func quiet() syncer.Snapshot {
	return syncer.Snapshot{Machine: "desktop", Projects: []syncer.Project{{Key: app, Label: "app", Cwds: []syncer.Cwd{{Path: "/code/app"}},
		Sessions: []syncer.Session{{ID: sessionID, Title: "Fix login", Cwd: "/code/app", Path: "/x", State: syncer.Same,
			Versions: []syncer.Version{{Machine: "desktop", Own: true, State: syncer.Same}}}}}}}
}

// behind is quiet, except that the laptop has more of the session.
func behind() syncer.Snapshot {
	s := quiet()
	s.Projects[0].Sessions[0].State = syncer.Behind
	s.Projects[0].Sessions[0].Versions[0] = syncer.Version{Machine: "laptop", State: syncer.Behind}
	return s
}

var errAway = error(&transport.UnavailableError{Place: "/mnt/stick", Reason: "it does not exist"})

var errBroken = errors.New("the registry is broken")

// until is work that ends when its channel is closed, or its context.
func until(end <-chan struct{}) func(context.Context, command.Command, func(syncer.Progress)) ([]syncer.Event, error) {
	return func(ctx context.Context, _ command.Command, _ func(syncer.Progress)) ([]syncer.Event, error) {
		select {
		case <-end:
			return nil, nil
		case <-ctx.Done():
			return []syncer.Event{{Kind: syncer.Failed, Err: ctx.Err()}}, ctx.Err()
		}
	}
}
