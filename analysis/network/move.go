package network

// maxVisits caps how often a node is visited on average in one fast local move. Around 10 is usual;
// the cap is there for rounding that might let two moves undo each other for ever.
const maxVisits = 1000

// roughVisits is the same cap for the first, rough look at a large network. What it leaves undone is
// done when the nodes have been regrouped, and faster.
const roughVisits = 2

// gather adds up the weight from v to each neighbouring community, the one before included, and
// notes the communities in near.
func (w *search) gather(l *level, v int32, community []int32) {
	near := w.near[:0]
	pool := w.pool
	from, to := l.start[v], l.start[v+1]
	if l.weight == nil {
		for _, u := range l.to[from:to] {
			c := community[u]
			if pool[c].weight == 0 {
				near = append(near, c)
			}
			pool[c].weight++
		}
	} else {
		weights := l.weight[from:to]
		for k, u := range l.to[from:to] {
			c := community[u]
			if pool[c].weight == 0 {
				near = append(near, c)
			}
			pool[c].weight += weights[k]
		}
	}
	w.near = near
}

// clear takes back what gather wrote.
func (w *search) clear() {
	for _, c := range w.near {
		w.pool[c].weight = 0
	}
}

// move is the fast local move: it changes community, whose numbers lie in [0, l.n), and says whether
// a node moved. It ends after most visits a node on average.
func (w *search) move(l *level, community []int32, most int) (bool, error) {
	n := l.n
	queue := w.shuffle(n)
	w.prepare(l, community)
	// A gain below this is rounding.
	least := 1e-12 * l.total / float64(max(1, n))
	moved := false
	head, waiting := 0, n
	for visits := 0; waiting > 0 && visits < most*n; visits++ {
		if visits&0x3fff == 0x3fff && w.ctx.Err() != nil {
			return false, w.ctx.Err()
		}
		v := queue[head]
		head++
		if head == n {
			head = 0
		}
		waiting--
		w.queued[v] = false
		old := community[v]
		now := w.best(l, v, old, community, least)
		if now == old {
			continue
		}
		moved = true
		community[v] = now
		for _, u := range l.row(v) {
			if !w.queued[u] && community[u] != now {
				w.queued[u] = true
				tail := head + waiting
				if tail >= n {
					tail -= n
				}
				queue[tail] = u
				waiting++
			}
		}
	}
	return moved, nil
}

// prepare fills mass, count, empty and queued for a partition.
func (w *search) prepare(l *level, community []int32) {
	n := l.n
	clear(w.pool[:n])
	clear(w.count[:n])
	for v, c := range community {
		w.pool[c].mass += l.mass[v]
		w.count[c]++
		w.queued[v] = true
	}
	w.empty = w.empty[:0]
	for c := n - 1; c >= 0; c-- {
		if w.count[c] == 0 {
			w.empty = append(w.empty, int32(c))
		}
	}
}

// best takes v from its community, and puts it where the gain w(v,C) − penalty·mass(v)·mass(C) is
// greatest: the old community unless another is better, an empty one if every gain is below 0.
func (w *search) best(l *level, v, old int32, community []int32, least float64) int32 {
	w.gather(l, v, community)
	mass := l.mass[v]
	price := l.penalty * mass
	w.pool[old].mass -= mass
	w.count[old]--
	now, gain := old, w.pool[old].weight-price*w.pool[old].mass+least
	for _, c := range w.near {
		if x := w.pool[c].weight - price*w.pool[c].mass; x > gain {
			now, gain = c, x
		}
	}
	w.clear()
	if gain < 0 && w.count[old] > 0 {
		now = w.empty[len(w.empty)-1]
		w.empty = w.empty[:len(w.empty)-1]
	} else if now != old && w.count[old] == 0 {
		w.empty = append(w.empty, old)
	}
	if w.count[now] == 0 {
		w.pool[now].mass = 0 // what rounding left behind
	}
	w.pool[now].mass += mass
	w.count[now]++
	return now
}
