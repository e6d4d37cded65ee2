package tray

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"time"

	"claude-sync/syncer"
	"claude-sync/syncer/command"
	"claude-sync/syncer/engine"
	"claude-sync/tray/desk"
	"claude-sync/tray/internal/queue"
	"claude-sync/tray/menu"
)

const (
	// minRepaint is the least time between two pictures: a panel redraws for every label, and a person cannot
	// read a menu that flickers.
	minRepaint = 150 * time.Millisecond
	// ageRepaint is how often the ages in the picture are counted anew.
	ageRepaint = time.Minute
	// minPoll and maxPoll bound how often folders are looked at that send no changes.
	minPoll, maxPoll = time.Minute, 5 * time.Minute
	// missingPoll is how often the loop looks for a sync folder that has gone. Such a look takes one stat.
	missingPoll = 15 * time.Second
	// debounce is how long a look waits after a change for others: Claude Code writes one row after another.
	debounce = 2 * time.Second
	// lookShare bounds the time that looks take: after a look that was caused by a change, the next one waits
	// for this many times its duration.
	lookShare = 10
	// stopTimeout is how long work may take to stop when the program ends. Work stops after one block, but a
	// network folder may hang, and a person who quits sees an icon that stays. Changes that are not committed then are
	// lost, as if they had never begun.
	stopTimeout = time.Second
)

// loop owns the view. Only the goroutine of run uses its members and methods, except over and run.
type loop struct {
	host    Host
	engine  Engine
	watcher Watcher
	desktop desk.Desktop
	build   func(menu.View) menu.Menu

	autostart, notifications Toggle

	asked    <-chan command.Command
	show     <-chan struct{}
	results  chan func() // from workers; the loop calls them
	progress chan syncer.Progress
	news     *queue.Queue[News]
	over     chan struct{} // closed at the end

	ctx     context.Context
	cancel  context.CancelFunc
	workers int // that have not posted their result yet
	ending  bool

	view    menu.View
	failed  []syncer.Event // of the last command
	lookErr *syncer.Event  // why the last look failed, unless the sync folder is unavailable

	waiting    []command.Command // that change something, in order
	work       *work             // in hand, nil if there is none
	background map[command.Command]bool
	held       map[command.Command]bool // pulls to repeat when the session is closed; true after a look saw it open

	answer bool // a second start waits for the state

	looks
	picture
}

// work is a Command being carried out.
type work struct {
	command command.Command
	cancel  context.CancelFunc
}

// picture is what the host shows.
type picture struct {
	shown   *menu.Menu
	builtAt time.Time
	repaint *time.Timer
}

func newLoop(o Options, h Host, e Engine, w Watcher) *loop {
	l := &loop{
		host: h, engine: e, watcher: w, desktop: o.Desktop.WithDefaults(), build: menu.Build,
		autostart: o.Autostart, notifications: o.Notifications,
		asked: o.Asked, results: make(chan func()), progress: make(chan syncer.Progress, 1),
		over: make(chan struct{}), background: map[command.Command]bool{}, held: map[command.Command]bool{},
		view: menu.View{Version: o.Version, SetUp: true},
	}
	if o.News != nil {
		l.news = queue.New(o.News)
	}
	return l
}

// begin fills in what is known before the first look, so that the first picture is true.
func (l *loop) begin(p engine.Paths) {
	c, err := p.Load()
	l.view.SetUp, l.view.SyncDir = !errors.Is(err, syncer.ErrNotSetUp), c.SyncDir
}

// run is the loop. It returns after ctx is done or a person quits, and the work in hand has ended.
func (l *loop) run(ctx context.Context) {
	defer close(l.over)
	// News that wait at the end are still delivered, but the loop does not wait for that.
	defer l.news.Close()
	defer l.watcher.Close()
	l.ctx, l.cancel = context.WithCancel(context.WithoutCancel(ctx))
	defer l.cancel()
	l.looks = newLooks()
	l.repaint = unsetTimer()
	l.want()
	end := ctx.Done()
	var timeout <-chan time.Time
	for !l.ending || l.workers > 0 {
		l.advance()
		select {
		case <-end:
			l.end()
		case c := <-l.host.Clicks():
			l.click(c)
		case c := <-l.asked:
			l.click(c)
		case <-l.host.Opened():
			l.opened()
		case <-l.show:
			l.showState()
		case <-l.watcher.Changes():
			l.changed()
		case <-l.soon.C:
			l.want()
		case <-l.poll.C:
			l.idle = true
			l.want()
		case p := <-l.progress:
			l.progressed(p)
		case take := <-l.results:
			take()
		case <-l.repaint.C:
		case <-timeout:
			return
		}
		if l.ending && timeout == nil {
			end, timeout = nil, time.After(stopTimeout)
		}
	}
}

// advance begins the work and the look that can begin now, and paints.
func (l *loop) advance() {
	if l.ending {
		return
	}
	l.nextWork()
	l.nextLook()
	l.paint()
}

// end stops the work in hand. Nothing new begins after it.
func (l *loop) end() {
	l.ending = true
	l.waiting = nil
	l.cancel()
}

// spawn runs do in a worker. The loop then calls the function that do returns: only the loop may touch its
// members.
func (l *loop) spawn(do func() (done func())) {
	l.workers++
	go func() {
		done := do()
		l.post(func() {
			l.workers--
			done()
		})
	}()
}

// post makes the loop call do. Workers use it.
func (l *loop) post(do func()) {
	select {
	case l.results <- do:
	case <-l.over: // the worker took longer than stopTimeout
	}
}

// paint shows the view if it looks different, at most once in minRepaint.
func (l *loop) paint() {
	now := time.Now()
	if rest := minRepaint - now.Sub(l.builtAt); l.shown != nil && rest > 0 {
		l.repaint.Reset(rest)
		return
	}
	// Ages are counted on while something happens. Later a new picture would only wake the panel, and this
	// program ten times a minute.
	l.view.Idle = l.idle && l.interval > minPoll
	l.repaint.Reset(max(ageRepaint, l.interval))
	l.builtAt = now
	l.view.Now = now
	l.view.Failures = l.failures()
	m := l.build(l.view)
	if l.shown == nil || !reflect.DeepEqual(*l.shown, m) {
		l.shown = &m
		l.host.Show(m)
	}
}

func (l *loop) failures() []syncer.Event {
	all := slices.Clone(l.failed)
	if l.lookErr != nil {
		all = append(all, *l.lookErr)
	}
	return all
}

func (l *loop) tell(n News) {
	n.Time = time.Now()
	l.news.Put(n)
}

// showState answers a second start: with the result of the next look, or at once if work delays looks.
func (l *loop) showState() {
	l.answer = true
	l.want()
	if l.work != nil {
		l.answerNow()
	}
}

func (l *loop) answerNow() {
	if l.answer {
		l.answer = false
		l.view.Now = time.Now()
		l.tell(News{Say: l.build(l.view).Tooltip})
	}
}

// unsetTimer makes a timer that does not run yet.
func unsetTimer() *time.Timer {
	t := time.NewTimer(time.Hour)
	t.Stop()
	return t
}
