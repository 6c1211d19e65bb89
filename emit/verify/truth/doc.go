// Package truth holds what jsc says to what nats-server does. Its test draws
// topologies with and without mistakes, five kinds of them (streams, consumers,
// accounts with limits, exports with imports, whole shares), and gives each both
// to jsc and, rendered by a plain second way, to an embedded server. What the
// server refuses, drops or changes in silence, jsc must have refused; what jsc
// refuses, the server must not take, unless the rule says why it is stricter
// (diag.Rule's Stricter).
//
// A case is its number: the same every time and everywhere. JSC_TRUTH sets how
// many there are in all, JSC_TRUTH_FROM the first of each kind:
//
//	JSC_TRUTH=100000 go test -timeout 2h -v ./emit/verify/truth
//	JSC_TRUTH=1 JSC_TRUTH_FROM=1234 go test -run TestTruth/streams ./emit/verify/truth
//
// A disagreement is told with the smallest topology that still shows it.
package truth
