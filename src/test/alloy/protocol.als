/*
 * How the operator logs one session out, once: two resources that name the same instance, processes that lead one after the other, one Wawp.
 *
 * A process that crashed, is frozen or is cut off takes no step; one that thaws takes its next step late. A Process is one unbroken time of leading:
 * a process that leads again is another Process. Each Guard is a rule of the code; the class beside it holds it, and names the guard in its Javadoc.
 * ProtocolModelTest checks the model with all guards, and expects a counterexample when one of them is removed.
 */
module protocol

open util/ordering[Version] as versions
open util/ordering[Process] as processes

abstract sig Guard {}
one sig FenceBeforeWrite extends Guard {} // SessionReconciler: Remembered
one sig VersionChecked extends Guard {} // KubernetesSessionStore: Remembered
one sig IntentFirst extends Guard {} // DecisionExecutor: Remembered
one sig OnlyOwnIntents extends Guard {} // IntentSender: SentOnce
one sig ReadBack extends Guard {} // IntentSender: SentAsWanted
one sig OneLane extends Guard {} // CommandSender: OneInFlight
one sig FenceBeforeSend extends Guard {} // IntentSendGuard: SentByLeader
one sig YoungIntent extends Guard {} // IntentSendGuard: SentInTime
one sig SameGeneration extends Guard {} // IntentSendGuard: SentForGeneration
one sig OpenIntentWaits extends Guard {} // StateTable: Remembered
one sig EffectAwaited extends Guard {} // LogoutRule: Remembered
one sig PollAfterCalls extends Guard {} // SessionPolicy: SentOnce
one sig OlderOwnerFirst extends Guard {} // InstanceClaims: Remembered
one sig SuccessorKept extends Guard {} // FinalizerRule: SuccessorNotRobbed
one sig RenameGrace extends Guard {} // FinalizerRule: SuccessorNotRobbed
sig Removed in Guard {}

pred holds[g: Guard] { g not in Removed }

abstract sig Resource { var stored: lone Version } // at the API server
one sig Older, Younger extends Resource {} // both name the one instance

// A resource as it stands after one write. Its generation is the version that the last edit made; an intent is the version that announced it.
sig Version { of: Resource, generation: Version, action: lone Version }
sig Asking in Version {} // asks for a logout, by its spec or its deletion policy
sig Deleted in Version {} // is being deleted
sig Open, Confirmed in Version {} // the phase of the action; neither: abandoned

sig Process { var cached: Resource -> lone Version, var lane: lone Version, var sent: set Version }
one sig Phone {}
var lone sig Linked in Phone {}
var one sig Leader in Process {} // holds the Lease
var one sig Last in Version {} // the last version that was made
var sig Seen in Process {} // its last poll that counts showed the phone linked
var sig Checked, InFlight, Accepted, Withheld, Old in Version {} // intents
var sig Wanted, Robbed in Version {} // wanted when it was checked; announced although a successor wants the session
var lone sig Renamed in Resource {} // deleted, and its successor is about to be created

fun led: set Process { Leader + prevs[Leader] }
pred pending[p: Process] { some p.lane and p.lane not in Withheld and (p.lane in InFlight or p.lane not in p.sent) }
pred successorKnown[p: Process, r: Resource] { some p.cached[Resource - r] - Deleted }

pred sameCalls { Checked' = Checked and sent' = sent and InFlight' = InFlight and Accepted' = Accepted and Withheld' = Withheld and Old' = Old and Wanted' = Wanted }
pred sameStore { stored' = stored and Last' = Last and Renamed' = Renamed }
pred sameLead { Leader' = Leader and lane' = lane and Robbed' = Robbed }
pred sameSight { cached' = cached and Seen' = Seen and Linked' = Linked }

// --- the world --------------------------------------------------------------------------------------------------

pred replaced[r: Resource, v: Version] {
	v = Last.next and some v and v.of = r and v.generation = v and Last' = v and stored' = stored ++ r -> v and sameCalls and sameLead and sameSight }
pred edited[r: Resource] { let v = Last.next, was = r.stored { // it asks for a logout, or no longer does; or it is deleted
	some was and was not in Deleted and replaced[r, v] and v.action = was.action
	(v in Open iff was in Open) and (v in Confirmed iff was in Confirmed)
	v in Deleted or (v in Asking iff was not in Asking)
	Renamed' = Renamed or (v in Deleted and Renamed' = r and no (Resource - r).stored) } }
pred create { let v = Last.next { no Younger.stored and replaced[Younger, v] and no v.action and v not in Deleted + Open + Confirmed and no Renamed' } }
pred vanishes[r: Resource] { // its finalizer is removed, by whomever
	some r.stored & Deleted and r not in Renamed and stored' = stored - r -> Version and Last' = Last and Renamed' = Renamed and sameCalls and sameLead and sameSight }
pred delivered[p: Process] { cached' = cached - p -> Resource -> Version + p -> stored and sameCalls and sameStore and sameLead and Seen' = Seen and Linked' = Linked }
pred takeover { let p = Leader.next { // the Lease runs out, or its holder gives it up; the next one has polled before, or not
	some p and Leader' = p and lane' = lane and Robbed' = Robbed and (Seen' = Seen or (Seen' = Seen + p and some Linked))
	sameCalls and sameStore and cached' = cached and Linked' = Linked } }
pred show { // a logout takes effect some time after it reached Wawp
	some sent and some Linked and no Linked' and sameCalls and sameStore and sameLead and cached' = cached and Seen' = Seen }
pred answer { some i: InFlight { // or the answer is lost; either way a poll from before counts no more
	InFlight' = InFlight - i and (Accepted' = Accepted or Accepted' = Accepted + i)
	Checked' = Checked and sent' = sent and Withheld' = Withheld and Old' = Old and Wanted' = Wanted
	Seen' = (holds[PollAfterCalls] implies Seen - sent.i else Seen)
	sameStore and sameLead and cached' = cached and Linked' = Linked } }
pred minute { // passes since all calls that were announced: each has ended and shown its effect, or never will
	no InFlight and (some sent implies no Linked) and Old' = Last + prevs[Last]
	Seen' = (holds[PollAfterCalls] implies none else Seen)
	Checked' = Checked and sent' = sent and InFlight' = InFlight and Accepted' = Accepted and Withheld' = Withheld and Wanted' = Wanted
	sameStore and sameLead and cached' = cached and Linked' = Linked }

// --- a process --------------------------------------------------------------------------------------------------

pred polls[p: Process] {
	not pending[p] and Seen' = (some Linked implies Seen + p else Seen - p) and sameCalls and sameStore and sameLead and cached' = cached and Linked' = Linked }

pred mayCall[p: Process, b: Version] {
	b in Asking and p in Seen
	holds[OpenIntentWaits] and b in Open implies b.action in Old
	holds[EffectAwaited] and b in Confirmed implies b.action in Old
	holds[OneLane] implies (no p.lane or (p.lane in Withheld + Old and not pending[p]))
	holds[OlderOwnerFirst] and b.of = Younger implies no p.cached[Older]
	holds[SuccessorKept] and b in Deleted implies not successorKnown[p, b.of]
	holds[RenameGrace] and b in Deleted implies b.of not in Renamed }
pred announces[p: Process, v, b: Version] {
	mayCall[p, b] and v in Open - Confirmed and v.action = v
	Robbed' = (b in Deleted and (successorKnown[p, v.of] or v.of in Renamed) implies Robbed + v else Robbed)
	lane' = lane ++ p -> v }
pred settles[p: Process, v: Version] { // by what the process remembers of its own call
	some p.lane and not pending[p] and v.of = p.lane.of and v.action = p.lane and v not in Open and Robbed' = Robbed and lane' = lane
	v in Confirmed implies p.lane in Accepted else p.lane in Withheld }
pred writes[p: Process] { let v = Last.next, b = p.cached[v.of] {
	some v and some b and v.generation = b.generation and (v in Asking iff b in Asking) and (v in Deleted iff b in Deleted)
	holds[FenceBeforeWrite] implies p in Leader
	some v.of.stored and v.of.stored.generation = b.generation and (holds[VersionChecked] implies v.of.stored = b)
	announces[p, v, b] or settles[p, v]
	(holds[IntentFirst] or v not in Open) implies stored' = stored ++ v.of -> v else stored' = stored
	Last' = v and Renamed' = Renamed and cached' = cached - p -> v.of -> b + p -> v.of -> v and Leader' = Leader
	sameCalls and Seen' = Seen and Linked' = Linked } }
pred resumes[p: Process] { some v: p.cached[Resource] & Open { // what no process does
	not holds[OnlyOwnIntents] and p.lane != v.action and lane' = lane ++ p -> v.action and Leader' = Leader and Robbed' = Robbed
	sameCalls and sameStore and sameSight } }
pred confirms[p: Process] { let i = p.lane, now = i.of.stored { // whether the API server still has the intent
	pending[p] and i not in Checked
	holds[ReadBack] implies (now.generation = i.generation and (holds[IntentFirst] implies now.action = i and now in Open))
	Wanted' = (now.generation = i.generation implies Wanted + i else Wanted)
	Checked' = Checked + i and sent' = sent and InFlight' = InFlight and Accepted' = Accepted and Withheld' = Withheld and Old' = Old
	sameStore and sameLead and sameSight } }
pred withholds[p: Process] { // a guard says no, the connection fails, the process stops
	pending[p] and p.lane not in p.sent and Withheld' = Withheld + p.lane
	Checked' = Checked and sent' = sent and InFlight' = InFlight and Accepted' = Accepted and Old' = Old and Wanted' = Wanted
	Seen' = (holds[PollAfterCalls] implies Seen - p else Seen)
	sameStore and sameLead and cached' = cached and Linked' = Linked }
pred sends[p: Process] { let i = p.lane {
	some i and i in Checked - Withheld - p.sent
	holds[FenceBeforeSend] implies p in Leader
	holds[YoungIntent] implies i not in Old
	holds[SameGeneration] implies p.cached[i.of].generation = i.generation
	sent' = sent + p -> i and InFlight' = InFlight + i
	Checked' = Checked and Accepted' = Accepted and Withheld' = Withheld and Old' = Old and Wanted' = Wanted
	sameStore and sameLead and sameSight } }

pred still { sameCalls and sameStore and sameLead and sameSight }
fact begin { let first = versions/first { // nothing has been done yet, or the first process has just announced a call
	Older.stored = first and first.generation = first and first.of = Older and first not in Deleted + Confirmed
	no Younger.stored and Last = first or Younger.stored = first.next and Last = first.next
	all v: Younger.stored | v.generation = v and v.of = Younger and no v.action and v not in Deleted + Open + Confirmed
	Leader = processes/first and Seen = Leader and some Linked and all p: Process | p.cached = stored and no p.sent
	no Checked + InFlight + Accepted + Withheld + Old + Wanted + Robbed and no Renamed
	(no first.action and first not in Open and no lane) or (first.action = first and first in Open & Asking and lane = Leader -> first) } }
fact moves { always (create or takeover or show or minute or still or answer or (some r: Resource | edited[r] or vanishes[r])
	or some p: led | polls[p] or writes[p] or confirms[p] or withholds[p] or sends[p] or resumes[p] or delivered[p]) }
// Whose resource is gone, whose process too: that call nobody remembers. It is over before anybody else calls.
fact forgotten { always all p: Process - Leader | some p.lane.of.stored or p.lane in Withheld + Old }

// --- the rules --------------------------------------------------------------------------------------------------

pred sends[p: Process, bad: Version] { sends[p] and p.lane in bad }
pred SentOnce { always (lone Process.sent and no p: Process | sends[p, Process.sent]) }
pred OneInFlight { always lone InFlight }
pred Remembered { always (all i: Process.sent - Old | some i.of.stored implies i.of.stored.action = i) } // a status holds each call until its effect shows
pred SentInTime { always (all p: Process | not sends[p, Old]) }
pred SuccessorNotRobbed { always (all p: Process | not sends[p, Robbed]) }
pred SentAsWanted { always (all p: Process | not sends[p, Version - Wanted]) }
pred SentByLeader { always (all p: Process | sends[p] implies p = Leader) }
pred SentForGeneration { always (all p: Process | sends[p] implies p.cached[p.lane.of].generation = p.lane.generation) }
pred rulesHold { SentOnce and OneInFlight and Remembered and SentInTime and SuccessorNotRobbed and SentAsWanted and SentByLeader and SentForGeneration }
