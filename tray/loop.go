package tray

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"time"

	"claude-sync/syncer"
	"claude-sync/syncer/command"
	"claude-sync/tray/desk"
	"claude-sync/tray/internal/queue"
	"claude-sync/tray/menu"
)

const (
	// pictureEvery bounds how often the picture changes: a panel redraws for every label, and a menu that
	// flickers cannot be read.
	pictureEvery = 150 * time.Millisecond
	// slowly and slowest bound how often we look at folders that tell nothing.
	slowly, slowest = time.Minute, 5 * time.Minute
	// awaiting is how often we look whether a missing sync folder came back. It takes one stat.
	awaiting = 15 * time.Second
	// ageing is how often a picture counts its ages anew.
	ageing = time.Minute
	// calm is how long a change has to wait for others: Claude Code writes a row, then another.
	calm = 2 * time.Second
	// share is how much of the time may go into looking: a tenth.
	share = 10
	// grace is how long work may take to stop when the program ends. It needs one block; a network folder
	// may hang, and what is not committed then is as if it had never begun.
	grace = 10 * time.Second
)

// loop owns the view. Its members but over, and its methods but run, belong to the goroutine of run.
type loop struct {
	host    Host
	engine  Engine
	watcher Watcher
	desktop desk.Desktop
	build   func(menu.View) menu.Menu

	autostart, notifications Toggle

	asked    <-chan command.Command
	show     <-chan struct{}
	results  chan func() // from workers, to be called here
	progress chan syncer.Progress
	news     *queue.Queue[News]
	over     chan struct{} // closed at the end

	ctx     context.Context
	cancel  context.CancelFunc
	workers int // whose result has not come yet
	ending  bool

	view    menu.View
	failed  []syncer.Event // of what was asked for last
	lookErr *syncer.Event  // why the last look failed, when the sync folder is not to blame

	waiting []command.Command // clicks that change something, in order
	work    *work             // in hand
	aside   map[command.Command]bool
	held    map[command.Command]bool // pulls to be asked again when the session is left; true when it was seen open

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
		over: make(chan struct{}), aside: map[command.Command]bool{}, held: map[command.Command]bool{},
		view: menu.View{Version: o.Version, SetUp: true},
	}
	if o.News != nil {
		l.news = queue.New(o.News)
	}
	return l
}

// begin fills in what can be known before the first look, so that the first picture is no lie.
func (l *loop) begin(p syncer.Paths) {
	c, err := p.Load()
	l.view.SetUp, l.view.SyncDir = !errors.Is(err, syncer.ErrNotSetUp), c.SyncDir
}

// run is the loop. It returns when ctx is done or a person quits, and the work in hand has ended.
func (l *loop) run(ctx context.Context) {
	defer close(l.over)
	// A message that is waiting when the end comes is still told; who tells it is not waited for.
	defer l.news.Close()
	defer l.watcher.Close()
	l.ctx, l.cancel = context.WithCancel(context.WithoutCancel(ctx))
	defer l.cancel()
	l.looks = newLooks()
	l.repaint = stopped()
	l.want()
	end := ctx.Done()
	var tooLong <-chan time.Time
	for !l.ending || l.workers > 0 {
		l.goOn()
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
		case <-l.slow.C:
			l.still = true
			l.want()
		case p := <-l.progress:
			l.progressed(p)
		case take := <-l.results:
			take()
		case <-l.repaint.C:
		case <-tooLong:
			return
		}
		if l.ending && tooLong == nil {
			end, tooLong = nil, time.After(grace)
		}
	}
}

// goOn begins what can begin now, and paints.
func (l *loop) goOn() {
	if l.ending {
		return
	}
	l.nextWork()
	l.nextLook()
	l.paint()
}

// end ends what is in hand. Nothing new begins.
func (l *loop) end() {
	l.ending = true
	l.waiting = nil
	l.cancel()
}

// spawn lets a worker do something. What it returns is called by the loop, which alone may touch its
// members.
func (l *loop) spawn(do func() (done func())) {
	l.workers++
	go func() {
		done := do()
		l.hand(func() {
			l.workers--
			done()
		})
	}()
}

// hand lets a worker have something called by the loop.
func (l *loop) hand(do func()) {
	select {
	case l.results <- do:
	case <-l.over: // it took too long, nobody waits any more
	}
}

// paint shows the view when it looks different, and not too often.
func (l *loop) paint() {
	now := time.Now()
	if rest := pictureEvery - now.Sub(l.builtAt); l.shown != nil && rest > 0 {
		l.repaint.Reset(rest)
		return
	}
	// Ages go on while something happens. Later they would only wake the panel, and us ten times a minute.
	l.view.Still = l.still && l.pause > slowly
	l.repaint.Reset(max(ageing, l.pause))
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

// showState answers a second start: with what the next look finds, or now when work keeps it away.
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

// stopped makes a timer that has not been set.
func stopped() *time.Timer {
	t := time.NewTimer(time.Hour)
	t.Stop()
	return t
}
