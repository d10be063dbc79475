package referral

import "time"

// Kind says what goes over.
type Kind string

// The kinds.
const (
	Help     Kind = "referral" // a need; the case stays where it is
	Transfer Kind = "transfer" // the case
)

// Sending is how far the sending side is. It only ever goes on.
type Sending string

// The steps of the sending side.
const (
	Draft      Sending = "draft"
	Authorised Sending = "authorised" // looked at: consent or a legal basis carries it
	Sent       Sending = "sent"       // blind
	Released   Sending = "released"   // the other side has accepted and knows who it is
	Recalled   Sending = "recalled"
	Closed     Sending = "closed"
)

// Receiving is how far the receiving side is. It only ever goes on.
type Receiving string

// The steps of the receiving side.
const (
	Nothing  Receiving = ""
	Received Receiving = "received"
	Accepted Receiving = "accepted"
	Declined Receiving = "declined"
	Started  Receiving = "started" // help has begun, or the case is taken over
	Reported Receiving = "reported"
	NoShow   Receiving = "no-show"
	Stopped  Receiving = "stopped"
)

// rank orders the steps of the sending side: a message that does not lead further says nothing new.
func (s Sending) rank() int {
	switch s {
	case Authorised:
		return 1
	case Sent:
		return 2
	case Released:
		return 3
	case Recalled, Closed:
		return 4
	case Draft:
	}
	return 0
}

// rank orders the steps of the receiving side.
func (r Receiving) rank() int {
	switch r {
	case Received:
		return 1
	case Accepted:
		return 2
	case Started:
		return 3
	case Declined, Reported, NoShow, Stopped:
		return 4
	case Nothing:
	}
	return 0
}

// over reports whether the receiving side is done.
func (r Receiving) over() bool { return r.rank() == 4 }

// End is what one side knows of a referral: its own step, and how far it has heard that the other is.
type End struct {
	Kind  Kind
	Out   bool // the sending side
	S     Sending
	R     Receiving
	Until time.Time // until when it can be accepted
	Holds bool      // at the receiving side: who the person is
	Owner bool      // has the case, where it is a transfer
}

// Begin is the sending side of something new.
func Begin(k Kind, until time.Time) End {
	return End{Kind: k, Out: true, S: Draft, Until: until, Owner: k == Transfer}
}

// Await is the receiving side before it has heard anything.
func Await(k Kind, until time.Time) End { return End{Kind: k, Until: until} }

// Message is what one side tells the other: how far it is. It carries who the person is only with [Released].
type Message struct {
	FromSender bool
	S          Sending
	R          Receiving
}

// Tell is the message that a side would send now.
func (e End) Tell() Message { return Message{FromSender: e.Out, S: e.S, R: e.R} }

// Verdict is what became of an act or a message.
type Verdict string

// The verdicts. Only Done changes anything.
const (
	Done  Verdict = "done"
	Again Verdict = "again" // it says what is known already
	Late  Verdict = "late"  // it comes after a recall, a refusal or the end: rejected, and logged
	Wrong Verdict = "wrong" // this side cannot do this now
)

// Act is what the people of a side do.
type Act string

// The acts of the sending side, then those of the receiving side.
const (
	Redraft   Act = "redraft"
	Authorise Act = "authorise"
	Send      Act = "send"
	Release   Act = "release" // the program does it, once the other side has accepted
	Recall    Act = "recall"
	Close     Act = "close"
	Accept    Act = "accept"
	Decline   Act = "decline"
	Start     Act = "start" // of a transfer: take the case over
	Report    Act = "report"
	Miss      Act = "no-show"
	Stop      Act = "stop"
)

// Expired reports whether nobody answered in time.
func (e End) Expired(now time.Time) bool {
	return e.S == Sent && (e.R == Nothing || e.R == Received) && !now.Before(e.Until)
}

// Over reports whether nothing can follow: then the same need may be sent there again.
func (e End) Over(now time.Time) bool {
	return e.S == Recalled || e.S == Closed || e.R.over() || e.Expired(now)
}

// Do is an act of this side.
func (e End) Do(a Act, now time.Time) (End, Verdict) {
	if e.Out {
		return e.send(a, now)
	}
	return e.receive(a, now)
}

func (e End) send(a Act, now time.Time) (End, Verdict) {
	to := map[Act]Sending{Redraft: Draft, Authorise: Authorised, Send: Sent, Release: Released, Recall: Recalled, Close: Closed}[a]
	if to == "" {
		return e, Wrong
	}
	if e.S == to {
		return e, Again
	}
	may := false
	switch a {
	case Redraft:
		may = e.S == Authorised
	case Authorise:
		may = e.S == Draft
	case Send:
		may = e.S == Authorised && now.Before(e.Until)
	case Release:
		may = e.S == Sent && e.R == Accepted
	case Recall:
		may = e.S.rank() <= Released.rank() && (e.Kind == Help || e.R != Started)
	case Close:
		may = e.S == Sent && (e.R == Declined || e.Expired(now)) || e.S == Released && e.R.over()
	}
	if !may {
		return e, after(e)
	}
	e.S = to
	return e, Done
}

// after is the verdict on what cannot be done: too late, or not in this order.
func after(e End) Verdict {
	if e.S == Recalled || e.S == Closed {
		return Late
	}
	return Wrong
}

func (e End) receive(a Act, now time.Time) (End, Verdict) {
	to := map[Act]Receiving{Accept: Accepted, Decline: Declined, Start: Started, Report: Reported, Miss: NoShow, Stop: Stopped}[a]
	if to == "" {
		return e, Wrong
	}
	if e.S == Recalled || e.S == Closed {
		return e, Late
	}
	if e.R == to {
		return e, Again
	}
	may := false
	switch a {
	case Accept:
		if e.Expired(now) {
			return e, Late
		}
		may = e.S == Sent && e.R == Received
	case Decline:
		may = e.S == Sent && (e.R == Received || e.R == Accepted)
	case Start:
		may = e.Holds && e.S == Released && e.R == Accepted
	case Report:
		may = e.Kind == Help && e.R == Started
	case Miss:
		may = e.Kind == Help && e.Holds && e.R == Accepted
	case Stop:
		may = e.Holds && (e.R == Accepted || e.Kind == Help && e.R == Started)
	}
	if !may {
		return e, Wrong
	}
	e.R = to
	return e, Done
}

// Hear takes what the other side tells, in whatever order and however often. Reply says that the other side
// has to be told in return where this one is.
func (e End) Hear(m Message, now time.Time) (next End, v Verdict, reply bool) {
	if m.FromSender == e.Out {
		return e, Wrong, false
	}
	if e.Out {
		return e.hearReceiver(m.R, now)
	}
	return e.hearSender(m.S)
}

func (e End) hearSender(s Sending) (End, Verdict, bool) {
	if e.S == Recalled && s == Released {
		return e, Late, false // what was recalled on the way is not taken in
	}
	if s.rank() <= e.S.rank() || s.rank() < Sent.rank() {
		return e, Again, false
	}
	e.S = s
	switch s {
	case Sent:
		if e.R == Nothing {
			e.R = Received
		}
	case Released:
		e.Holds = e.R == Accepted
	case Closed:
		e.Owner = e.Kind == Transfer && e.Holds && e.R == Started
	case Draft, Authorised, Recalled:
	}
	return e, Done, false
}

func (e End) hearReceiver(r Receiving, now time.Time) (End, Verdict, bool) {
	if r.rank() <= e.R.rank() {
		return e, Again, false
	}
	if e.S == Recalled || e.S == Closed || e.S.rank() < Sent.rank() {
		return e, Late, true
	}
	if r == Accepted && e.Expired(now) {
		e.S = Recalled // nobody waits for it any more; the other side is told
		return e, Late, true
	}
	e.R = r
	if e.Kind == Transfer && r == Started && e.S == Released {
		e.S, e.Owner = Closed, false
		return e, Done, true
	}
	return e, Done, false
}
