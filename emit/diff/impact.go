package diff

import "slices"

// Impact is what a change does to what runs.
type Impact string

// The impacts, the mildest first (docs/security.md E5).
const (
	none        Impact = "none"
	reload      Impact = "reload"       // servers reload their configuration
	push        Impact = "push"         // accounts' tokens are pushed to servers' full resolver or cache
	restart     Impact = "restart"      // servers restart, one after the other
	handOver    Impact = "hand-over"    // somebody must install something
	disconnects Impact = "disconnects"  // clients are disconnected
	dataAtRisk  Impact = "data at risk" // messages, or the position in them, may be lost
)

// allImpacts are all impacts, the mildest first.
var allImpacts = []Impact{none, reload, push, restart, handOver, disconnects, dataAtRisk}

// deploy is reload or push, as the servers' resolver has it.
const deploy Impact = "deploy"

// event is a kind of change, as far as its consequences go.
type event string

const (
	operatorToken     event = "the operator's token changes"
	operatorOther     event = "the operator has not all of its former keys"
	operatorElsewhere event = "the operator is external from now on"
	operatorForeign   event = "the operator is another, and external"
	operatorGone      event = "the operator goes"
	accountToken      event = "an account's token changes"
	accountOlder      event = "an account's token is older than its former one"
	accountGone       event = "an account goes"
	accountStays      event = "an account goes that a full resolver keeps"
	accountRenamed    event = "an account has another name"
	accountOther      event = "an account has another key"
	accountOtherStays event = "an account has another key, and a full resolver keeps the former one"
	threshold         event = "an export's response threshold changes"
	connectionsLess   event = "an account may have fewer connections"
	subscriptionsLess event = "clients of an account may have fewer subscriptions"
	bearerForbidden   event = "bearer users are forbidden"
	signerGone        event = "a signing key goes"
	roomMoved         event = "an account gets storage that another gives up"
	roleChanged       event = "a signing key's role changes"
	importsReplaced   event = "tokens of stream imports end, and others come in their place"
	userNew           event = "a user is new"
	userChanged       event = "a user's token changes"
	userFollows       event = "a user's account has another key"
	userKept          event = "a user's token changes, and its former one stays in force"
	userRenewed       event = "a user's token is renewed"
	userExpired       event = "a user's token is renewed that has expired"
	userGone          event = "a user goes"
	userGoes          event = "a user goes with its account"
	assetNew          event = "a stream or consumer is new"
	assetUpdated      event = "a stream or consumer is updated"
	assetRecreated    event = "a stream or consumer cannot be updated"
	consumerPaused    event = "a consumer is paused"
	consumerResumed   event = "a consumer is paused no more"
	pauseOver         event = "a pause that is over is another"
	assetDrops        event = "a stream drops messages"
	assetShrinks      event = "a stream's limit is lower"
	assetFrees        event = "a stream reserves less storage"
	assetGone         event = "a stream or consumer goes"
	subjectsGo        event = "a stream that stays gives up subjects that another gets"
	subjectsSwapped   event = "a stream that stays swaps subjects with another"
	subjectsLeft      event = "a stream that goes has subjects that another gets"
	bundleChanged     event = "an external importer's tokens change"
	bundleGone        event = "an external importer has no tokens any more"
	// answersOtherwise: a server takes an export's response type from the
	// importer's own token.
	answersOtherwise event = "a service answers an external importer otherwise"
	settingReloads   event = "a setting of servers changes"
	settingRestarts  event = "a setting of servers changes that they read once"
	peerRenamed      event = "a server of a cluster has another name"
	storeMoved       event = "a server keeps its streams in another folder"
	serverNew        event = "a server is new"
	serverGone       event = "a server of a cluster goes"
	serverAlone      event = "a server alone becomes a cluster, or a cluster becomes a server alone"
	renamed          event = "one goes where another comes"
)

// effect is what an event does, and why. Facts about the server are of 2.15
// (server/accounts.go updateAccountClaimsWithRefresh, server/reload.go).
type effect struct {
	impacts []Impact
	why     string // one clause; "" where the change says it all
}

var effects = map[event]effect{
	operatorToken:     {[]Impact{restart}, "a changed operator token makes the whole reload fail, so servers restart with it first, in a deployment of its own"},
	operatorOther:     {[]Impact{restart}, "a changed operator token makes the whole reload fail, and servers refuse accounts that its former keys signed"},
	operatorElsewhere: {[]Impact{handOver}, "who has its key signs the accounts from now on"},
	operatorForeign:   {[]Impact{handOver, disconnects, dataAtRisk}, "its servers are others: clients have to go there, and streams stay behind on the former ones; who has its key signs the accounts from now on"},
	operatorGone:      {[]Impact{none}, "servers that have it keep what they have"},
	accountToken:      {[]Impact{deploy}, ""},
	accountOlder:      {[]Impact{deploy}, "look whether this is the right lock; a full resolver takes no older token from a preload"},
	accountGone:       {[]Impact{deploy, disconnects, dataAtRisk}, "its clients are cut off and its streams can no longer be reached"},
	accountStays:      {[]Impact{disconnects, dataAtRisk}, "a full resolver keeps it, and lets its users in, until it is deleted there; then its clients are cut off and its streams can no longer be reached"},
	accountRenamed:    {[]Impact{none}, "to servers it is the same account"},
	accountOther:      {[]Impact{deploy, disconnects, dataAtRisk}, "with another key it is another account, which begins empty: clients of the former one are cut off, and its streams can no longer be reached"},
	accountOtherStays: {[]Impact{deploy, disconnects, dataAtRisk}, "with another key it is another account, which begins empty: a full resolver keeps the former one, and lets its users in, until it is deleted there; then its clients are cut off and its streams can no longer be reached"},
	threshold:         {[]Impact{restart}, "a reload ignores a changed response threshold"},
	connectionsLess:   {[]Impact{disconnects}, "the youngest connections beyond the limit are closed"},
	subscriptionsLess: {[]Impact{disconnects}, "clients that have as many subscriptions are cut off"},
	bearerForbidden:   {[]Impact{disconnects}, "bearer users are cut off"},
	signerGone:        {[]Impact{disconnects}, "users that the key signed are cut off"},
	roomMoved:         {[]Impact{restart}, "it gets storage that another account gives up, and a server that runs has no room for both: JetStream of the account would fail"},
	roleChanged:       {[]Impact{disconnects}, "users of the role are cut off once and come back with the new one"},
	importsReplaced:   {[]Impact{disconnects}, "a reload may leave subscriptions to streams that it imports without messages until they are made again, since their tokens are replaced"},
	userNew:           {[]Impact{handOver}, "its credentials go to its owner"},
	userChanged:       {[]Impact{deploy, disconnects, handOver}, "its former token is revoked; new credentials go to its owner"},
	userFollows:       {[]Impact{disconnects, handOver}, "its account is another; new credentials go to its owner"},
	userKept:          {[]Impact{handOver}, "its former token is not revoked; new credentials go to its owner"},
	userRenewed:       {[]Impact{handOver}, "new credentials go to its owner before the old ones end"},
	userExpired:       {[]Impact{handOver}, "its former token has expired; new credentials go to its owner"},
	userGone:          {[]Impact{deploy, disconnects}, "its token is revoked"},
	userGoes:          {[]Impact{disconnects}, "it goes with its account"},
	assetNew:          {[]Impact{none}, "to be made on the servers"},
	assetUpdated:      {[]Impact{none}, "to be updated on the servers"},
	assetRecreated:    {[]Impact{dataAtRisk}, "needs delete and re-create"},
	consumerPaused:    {[]Impact{none}, "to be paused on the servers, which an update does not do"},
	consumerResumed:   {[]Impact{none}, "to be resumed on the servers, which an update does not do"},
	pauseOver:         {[]Impact{none}, ""},
	assetDrops:        {[]Impact{dataAtRisk}, "messages that no consumer waits for are dropped"},
	assetShrinks:      {[]Impact{dataAtRisk}, "messages over the new limit are dropped"},
	assetFrees:        {[]Impact{none}, ""},
	assetGone:         {[]Impact{none}, "stays on the servers until somebody deletes it"},
	subjectsGo:        {[]Impact{none}, ""},
	subjectsSwapped:   {[]Impact{none}, ""},
	subjectsLeft:      {[]Impact{none}, ""},
	bundleChanged:     {[]Impact{handOver}, "the importer's owner installs the new bundle"},
	bundleGone:        {[]Impact{handOver}, "the importer's owner takes its imports away"},
	answersOtherwise:  {[]Impact{handOver}, "the importer's owner issues that account's token anew, or it keeps the former way"},
	settingReloads:    {[]Impact{reload}, ""},
	settingRestarts:   {[]Impact{restart}, ""},
	peerRenamed:       {[]Impact{restart, dataAtRisk}, "JetStream of a cluster knows its servers by their names: under others it finds no leader, and streams are lost; server.name keeps the former"},
	storeMoved:        {[]Impact{restart, dataAtRisk}, "streams stay behind in the former folder: move it while the server is stopped"},
	serverNew:         {[]Impact{none}, "to be started"},
	serverGone:        {[]Impact{dataAtRisk}, "streams that no other server has a copy of go with it"},
	serverAlone:       {[]Impact{restart, dataAtRisk}, "a server that joins a cluster deletes the streams that it had alone, and one alone takes none that had copies: back them up before, restore them after"},
	renamed:           {[]Impact{dataAtRisk}, "a rename? The new one begins empty"},
}

// inOrder are impacts without repetition, the gravest first; deploy becomes what
// the resolver asks for.
func inOrder(impacts []Impact, resolver Impact) []Impact {
	has := map[Impact]bool{}
	for _, i := range impacts {
		if i == deploy {
			i = resolver
		}
		has[i] = true
	}
	out := []Impact{} // for JSON, not nil
	for _, i := range slices.Backward(allImpacts) {
		if has[i] && (i != none || len(out) == 0) {
			out = append(out, i)
		}
	}
	return out
}
