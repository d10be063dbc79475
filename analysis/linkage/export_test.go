package linkage

import "context"

// CompareRandom draws and compares the random pairs of the settings alone, for the benchmark, and
// returns how many there were and on how many the first field agreed.
func CompareRandom(ctx context.Context, t *Table, s Settings) (run func() (pairs, agree int64, err error), err error) {
	l, err := newLinker(ctx, t, s)
	if err != nil {
		return nil, err
	}
	return func() (pairs, agree int64, err error) {
		err = l.drawRandom(ctx)
		for _, r := range l.random {
			pairs += r.n
			if r.pattern.level(0) == levelSame {
				agree += r.n
			}
		}
		return pairs, agree, err
	}, nil
}
