package referral_test

import (
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/protection/referral"
)

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// TestEndOrder: each act is possible where the specification has it, and nowhere else.
func TestEndOrder(t *testing.T) {
	until := noon.Add(time.Hour)
	after := func(e referral.End, acts ...referral.Act) referral.End {
		for _, a := range acts {
			e, _ = e.Do(a, noon)
		}
		return e
	}
	draft := referral.Begin(referral.Help, until)
	sent := after(draft, referral.Authorise, referral.Send)
	received, _, _ := referral.Await(referral.Help, until).Hear(sent.Tell(), noon)
	accepted := after(received, referral.Accept)
	heard, _, _ := sent.Hear(accepted.Tell(), noon)
	released := after(heard, referral.Release)
	holds, _, _ := accepted.Hear(released.Tell(), noon)
	started := after(holds, referral.Start)
	for name, c := range map[string]struct {
		e    referral.End
		may  []referral.Act
		late bool
	}{
		"draft":             {draft, []referral.Act{referral.Authorise, referral.Recall}, false},
		"authorised":        {after(draft, referral.Authorise), []referral.Act{referral.Redraft, referral.Send, referral.Recall}, false},
		"sent":              {sent, []referral.Act{referral.Recall}, false},
		"heard of a yes":    {heard, []referral.Act{referral.Release, referral.Recall}, false},
		"released":          {released, []referral.Act{referral.Recall}, false},
		"recalled":          {after(sent, referral.Recall), nil, true},
		"received":          {received, []referral.Act{referral.Accept, referral.Decline}, false},
		"accepted":          {accepted, []referral.Act{referral.Decline}, false},
		"knows who it is":   {holds, []referral.Act{referral.Start, referral.Miss, referral.Stop}, false},
		"has begun":         {started, []referral.Act{referral.Report, referral.Stop}, false},
		"received and back": {hear(received, after(sent, referral.Recall)), nil, true},
	} {
		own := map[referral.Act]bool{}
		for _, a := range c.may {
			own[a] = true
		}
		for _, a := range []referral.Act{
			referral.Redraft, referral.Authorise, referral.Send, referral.Release, referral.Recall, referral.Close, referral.Accept, referral.Decline,
			referral.Start, referral.Report, referral.Miss, referral.Stop,
		} {
			_, v := c.e.Do(a, noon)
			if (v == referral.Done) != own[a] {
				t.Errorf("%s: %s is %s", name, a, v)
			}
			if c.late && v == referral.Done {
				t.Errorf("%s: %s after a recall", name, a)
			}
		}
	}
	if _, v, _ := hear(accepted, after(heard, referral.Recall)).Hear(released.Tell(), noon); v != referral.Late {
		t.Errorf("who it is arrives after a recall: %s", v)
	}
	if hear(after(accepted, referral.Decline), released).Holds {
		t.Error("who it is was taken in after a no")
	}
	if _, v := received.Do(referral.Accept, until); v != referral.Late {
		t.Errorf("accepted when the time was over: %s", v)
	}
}

func hear(e, from referral.End) referral.End {
	e, _, _ = e.Hear(from.Tell(), noon)
	return e
}

// network is two sides and what is on its way between them. Messages arrive in any order, more than once, or late.
type network struct {
	t                *testing.T
	rnd              *rand.Rand
	now              time.Time
	from, to         referral.End
	way              []referral.Message
	wasAccepted      bool // the receiver said yes at some time
	recalled, leaked bool // the sender has recalled; who it is left after that
	carries          int  // messages that carry who it is
}

func (n *network) put(m referral.Message) {
	if m.FromSender && m.S == referral.Released {
		n.carries++
		if n.recalled {
			n.leaked = true
		}
	}
	n.way = append(n.way, m)
}

// act has one side do something at random, and tell the other.
func (n *network) act() {
	senders := []referral.Act{referral.Redraft, referral.Authorise, referral.Send, referral.Release, referral.Recall, referral.Close}
	receivers := []referral.Act{referral.Accept, referral.Decline, referral.Start, referral.Report, referral.Miss, referral.Stop}
	if n.rnd.IntN(2) == 0 {
		a := senders[n.rnd.IntN(len(senders))]
		if a == referral.Recall && n.rnd.IntN(8) > 0 {
			return // or hardly anything else would ever happen
		}
		next, v := n.from.Do(a, n.now)
		if v == referral.Done {
			n.from = next
			n.recalled = n.recalled || a == referral.Recall
			if next.S != referral.Draft && next.S != referral.Authorised {
				n.put(next.Tell())
			}
		}
		return
	}
	next, v := n.to.Do(receivers[n.rnd.IntN(len(receivers))], n.now)
	if v == referral.Done {
		n.to = next
		n.wasAccepted = n.wasAccepted || next.R == referral.Accepted
		n.put(next.Tell())
	}
}

// deliver has one message arrive, and leaves it on the way again now and then.
func (n *network) deliver() {
	if len(n.way) == 0 {
		return
	}
	i := n.rnd.IntN(len(n.way))
	m := n.way[i]
	if n.rnd.IntN(3) > 0 {
		n.way = append(n.way[:i], n.way[i+1:]...)
	}
	n.arrive(m)
}

func (n *network) arrive(m referral.Message) {
	end := &n.from
	if m.FromSender {
		end = &n.to
	}
	next, _, reply := end.Hear(m, n.now)
	*end = next
	n.recalled = n.recalled || end.Out && end.S == referral.Recalled
	if reply {
		n.put(end.Tell())
	}
}

// check holds what must always hold.
func (n *network) check(step string) {
	n.t.Helper()
	switch {
	case n.from.Owner && n.to.Owner:
		n.t.Fatalf("%s: both sides have the case: %+v %+v", step, n.from, n.to)
	case n.carries > 0 && !n.wasAccepted, n.to.Holds && !n.wasAccepted:
		n.t.Fatalf("%s: who it is left before anybody accepted: %+v %+v", step, n.from, n.to)
	case n.leaked:
		n.t.Fatalf("%s: who it is left after a recall: %+v %+v", step, n.from, n.to)
	case n.from.Kind == referral.Help && (n.from.Owner || n.to.Owner):
		n.t.Fatalf("%s: a referral gave the case away: %+v %+v", step, n.from, n.to)
	}
}

// settle delivers everything, each side telling where it stands once more, and compares.
func (n *network) settle() {
	for range 4 {
		if n.from.S != referral.Draft && n.from.S != referral.Authorised {
			n.put(n.from.Tell())
		}
		if n.to.R != referral.Nothing {
			n.put(n.to.Tell())
		}
		for len(n.way) > 0 {
			n.arrive(n.way[0])
			n.way = n.way[1:]
			n.check("at rest")
		}
	}
	if n.from.Kind == referral.Transfer && n.from.Owner == n.to.Owner {
		n.t.Fatalf("at rest the case has none or two owners: %+v %+v", n.from, n.to)
	}
	if n.from.S == referral.Recalled && n.to.R != referral.Nothing && n.to.S != referral.Recalled {
		n.t.Fatalf("recalled, and the other side does not know: %+v %+v", n.from, n.to)
	}
}

// TestChaosOfMessages: whatever both sides do, and in whatever order and however often messages arrive, a case never has two
// owners and nobody knows who it is before they accepted. The full campaign runs a hundred times as many.
func TestChaosOfMessages(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rounds := 8_000
	if os.Getenv("FOURFOLD_CAMPAIGN") == "full" {
		rounds *= 100
	}
	rnd := rand.New(rand.NewPCG(seed, 1))
	over, released := 0, 0
	for range rounds {
		kind := []referral.Kind{referral.Help, referral.Transfer}[rnd.IntN(2)]
		until := noon.Add(time.Duration(20+rnd.IntN(60)) * time.Minute)
		n := &network{t: t, rnd: rnd, now: noon, from: referral.Begin(kind, until), to: referral.Await(kind, until)}
		for range 100 {
			if rnd.IntN(2) == 0 {
				n.act()
			} else {
				n.deliver()
			}
			n.now = n.now.Add(time.Duration(rnd.IntN(60)) * time.Second)
			n.check("under way")
		}
		n.settle()
		if n.to.Owner {
			over++
		}
		if n.to.Holds {
			released++
		}
	}
	if over < rounds/400 || released < rounds/100 {
		t.Errorf("only %d cases went over and %d were released in %d rounds: the test looks at nothing", over, released, rounds)
	}
	t.Logf("%d rounds, %d released, %d went over", rounds, released, over)
}
