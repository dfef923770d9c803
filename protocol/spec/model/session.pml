/* session.pml: the outer KEM ratchet of ../session.md as a model for spin. README.md says what is in it; `check` runs it.
 *
 * Keys are names, not bits: a root, a header key or a chain is its epoch and, once there are two copies of one party, the copy that opened it.
 * Epochs are written one higher than in session.md, so that 0 is "none" and the initiator (party 0) owns the odd ones.
 * The network keeps every envelope ever released and delivers any of them, at any time, any number of times, or never.
 *
 * Switches: COPIED=side  a copy of that party is made at any moment, and both run on (so a restored backup too)
 *           STOLEN=side  that party's whole state is read at any moment by somebody who then listens
 *           CRASHES=n    n transactions do not reach the disk
 *           NOTHING_LOST the limits of SES-9 are wide: no number may become LOST
 *           BREAK_...    one rule is left out; `check` demands an error
 *           SHOW_...     a place that must be reachable; an error there is demanded too, so that no property holds for want of cases
 */
#ifndef EPOCHS
#define EPOCHS 4    /* session.md: no end */
#endif
#ifndef MSGS
#define MSGS 2      /* messages per epoch; session.md: 8192 */
#endif
#ifndef KEEP_GAP
#define KEEP_GAP 1  /* SES-9.1: 256 */
#endif
#ifndef KEEP_ALL
#define KEEP_ALL 2  /* SES-9.2: 512 */
#endif
#ifndef KEEP_OLD
#define KEEP_OLD 1  /* SES-9.5: 8 */
#endif
#ifndef CRASHES
#define CRASHES 0
#endif
#ifdef COPIED
#define PARTIES 3
#else
#define PARTIES 2
#endif
#define COPY 2

#define SLOTS ((EPOCHS + 1) * MSGS)
#define AT(e, c) ((e) * MSGS + (c))
#define HAS(set, e) (((set) >> (e)) & 1)

/* What the header of a released envelope says beside its number. */
#define RELEASED 1
#define BLOCK 2  /* a KEM block follows */
#define NEWER 4  /* seen is the epoch after this one, else the one before */
#define GONE 8   /* BREAK_NO_RETRY: lost for good */

/* What a reader holds for a number of the peer's. */
#define AHEAD 0
#define SKIPPED 1    /* its message key */
#define LOST 2       /* passed over beyond the limits, or forgotten with its epoch */
#define USED 3       /* its bodyHash: a message of the peer's */
#define USED_COPY 4  /* its bodyHash: a message of the peer's copy */

#define OPENED 1
#define DUPLICATE 2
#define UNOPENABLE 3
#define FORKED 4
#define ROLLEDBACK 5

typedef Party {
  byte S; byte n; bit block;  /* SES-6.2: sending epoch, next counter, the KEM block is still kept */
  byte V; byte vn;            /* receiving epoch, next counter */
  byte peerSeen;
  bit waiting;                /* holds the secret of its offer, and the header key of S + 1; else the peer's offer */
  byte old;                   /* set of old receiving epochs whose header key is kept */
  byte viaCopy;               /* set of receiving epochs entered by the turn of the peer's copy */
  byte prevOf[EPOCHS + 1];    /* header field prev of its own epochs */
  byte sent[SLOTS];           /* envelopes it released: the network */
  byte rx[SLOTS];
  bit shown[SLOTS];           /* kept by the checker: what the person has been shown */
};
Party pt[PARTIES];
byte copiedAt;                /* S of the copied party at that moment */
bit copied;
byte dying;                   /* 1 + the party whose next transaction does not reach the disk */
byte crashes;

#ifdef STOLEN
/* The thief: roots, offer secrets, chains from a counter on (1 + counter; 0: nothing), single keys. */
bit stolen;
byte rootKnown; byte offerKnown; byte chainFrom[EPOCHS + 1]; bit keyKnown[SLOTS];
byte stolenAt; byte healedAt; byte spare;
#define KNOWS(e, c) ((chainFrom[e] != 0 && chainFrom[e] <= (c) + 1) || keyKnown[AT(e, c)])
#endif

/* Temporaries of one step: no part of the state. */
hidden byte i; hidden byte k; hidden byte count; hidden byte out; hidden byte seen; hidden byte flags; hidden byte enters; hidden byte keep;

/* Which copy opened epoch e, as p has it; and whether q's header key for epoch e is the one p sealed with (both come from root e - 1). */
#define BRANCH(p, e) ((p) == COPY && (e) > copiedAt)
#ifdef COPIED
#define COPIED_SIDE(q) ((q) == COPIED || (q) == COPY)
#else
#define COPIED_SIDE(q) false
#endif
#define SAME_ROOT(q, p, e) (!COPIED_SIDE(q) || HAS(pt[p].viaCopy, (e) - 1) == BRANCH(q, (e) - 1))
#define SAME_CHAIN(q, p, e) (HAS(pt[q].viaCopy, e) == BRANCH(p, e))

/* ---- SES-7, sealing ---- */

#ifdef BREAK_TURN_RULE
#define ENTITLED(p) true
#else
#define ENTITLED(p) (!pt[p].waiting)
#endif
#define CAN_TURN(p) (ENTITLED(p) && pt[p].V + 1 <= EPOCHS)
#define CAN_STAY(p) (pt[p].S > 0 && pt[p].n < MSGS)

inline thief_hears_turn(p) {
#ifdef STOLEN
  if
  :: stolen ->
     k = pt[p].S;
#ifdef BREAK_NO_SECRET
     keep = HAS(rootKnown, k - 1);
#else
     keep = HAS(rootKnown, k - 1) && HAS(offerKnown, k - 1);
#endif
     if
     :: keep -> rootKnown = rootKnown | (1 << k); chainFrom[k] = 1
     :: else
     fi;
     if  /* pairs made ahead of time lie in memory: the thief has those too */
     :: p == STOLEN && spare > 0 -> spare--; offerKnown = offerKnown | (1 << k)
     :: else
     fi;
     if
     :: p == STOLEN && healedAt == 0 -> healedAt = k
     :: else
     fi;
#ifdef SHOW_PEER_HEALS_LATER
     assert(!(p != STOLEN && healedAt == 0 && keep));  /* wanted */
#endif
     /* secret again from the stolen side's next turn on, the peer's from the peer's turn after that */
     assert(healedAt == 0 || !HAS(rootKnown, k))
  :: else
  fi
#else
  skip
#endif
}

/* SES-7.2. The envelope that follows in the same step makes it durable. */
inline turn(p) {
  pt[p].prevOf[pt[p].V + 1] = pt[p].n;
  pt[p].S = pt[p].V + 1; pt[p].n = 0; pt[p].block = 1; pt[p].waiting = 1;
  thief_hears_turn(p)
}

/* SES-7.4, SES-7.5, SES-7.10. */
inline seal(p, turning) {
  if
  :: dying == p + 1 ->
#ifdef BREAK_SEND_FIRST
     if  /* the bytes left, the state did not reach the disk */
     :: !turning ->
        assert(pt[p].sent[AT(pt[p].S, pt[p].n)] == 0);
        pt[p].sent[AT(pt[p].S, pt[p].n)] = RELEASED | (pt[p].block -> BLOCK : 0) | (pt[p].V > pt[p].S -> NEWER : 0)
     :: else
     fi;
#endif
     dying = 0
  :: else ->
     if
     :: turning -> turn(p)
     :: else
     fi;
#ifdef STOLEN
     assert(!stolen || p != STOLEN || pt[p].S <= stolenAt || !KNOWS(pt[p].S, pt[p].n));
     assert(!stolen || p == STOLEN || healedAt == 0 || pt[p].S < healedAt || !KNOWS(pt[p].S, pt[p].n));
#endif
     /* no number, hence no key, for two messages */
     assert(pt[p].sent[AT(pt[p].S, pt[p].n)] == 0);
     pt[p].sent[AT(pt[p].S, pt[p].n)] = RELEASED | (pt[p].block -> BLOCK : 0) | (pt[p].V > pt[p].S -> NEWER : 0);
     pt[p].n++;
#ifdef BREAK_BLOCK_ONCE
     pt[p].block = 0;
#endif
  fi;
  invariant(p)
}

/* ---- SES-8, opening: reader q, author p, epoch e, counter c ---- */

#define HEADER_KEY(q, p, e) (SAME_ROOT(q, p, e) && (pt[q].V == (e) || (pt[q].waiting && pt[q].S + 1 == (e)) || HAS(pt[q].old, e)))

inline judge(q, p, e, c) {
  flags = pt[p].sent[AT(e, c)];
  seen = ((flags & NEWER) -> e + 1 : e - 1);
  out = UNOPENABLE; enters = 0;
  if
  :: !HEADER_KEY(q, p, e)                                                  /* SES-8.2 */
  :: else ->
     if
     :: seen > pt[q].S -> out = ROLLEDBACK                                 /* SES-8.3 */
     :: else ->
        if
#ifndef BREAK_KEEP_KEYS
        :: pt[q].rx[AT(e, c)] >= USED ->                                   /* SES-8.4 */
#ifdef BREAK_FORK_TEST
           out = DUPLICATE
#else
           out = ((pt[q].rx[AT(e, c)] == USED_COPY) == (p == COPY) -> DUPLICATE : FORKED)
#endif
#endif
        :: else ->
           if
           :: pt[q].waiting && e == pt[q].S + 1 ->                         /* SES-8.6 */
              if
              :: !(flags & BLOCK) -> out = ROLLEDBACK
              :: (flags & BLOCK) && pt[q].V > 0 && pt[p].prevOf[e] < pt[q].vn -> out = FORKED
              :: else -> out = OPENED; enters = 1
              fi
           :: e == pt[q].V ->                                              /* SES-8.7, SES-8.5 */
              if
#ifndef BREAK_FORK_TEST
              :: (flags & BLOCK) && !SAME_CHAIN(q, p, e) -> out = FORKED
#endif
              :: SAME_CHAIN(q, p, e) && (c >= pt[q].vn || pt[q].rx[AT(e, c)] == SKIPPED) -> out = OPENED
#ifdef BREAK_KEEP_KEYS
              :: SAME_CHAIN(q, p, e) && c < pt[q].vn && pt[q].rx[AT(e, c)] >= USED -> out = OPENED
#endif
              :: else
              fi
           :: else ->
              if
              :: SAME_CHAIN(q, p, e) && pt[q].rx[AT(e, c)] == SKIPPED -> out = OPENED
              :: else
              fi
           fi
        fi
     fi
  fi
}

/* SES-9.1. */
inline skip_to(q, e, end) {
  i = pt[q].vn;
  do
  :: i < end -> pt[q].rx[AT(e, i)] = (end - i <= KEEP_GAP -> SKIPPED : LOST); i++
  :: else -> break
  od
}

/* SES-9.2, SES-9.5. */
inline forget(q) {
  count = 0; i = 0;
  do
  :: i < SLOTS -> count = count + (pt[q].rx[i] == SKIPPED); i++
  :: else -> break
  od;
  i = 0;
  do
  :: count > KEEP_ALL ->
     if
     :: pt[q].rx[i] == SKIPPED -> pt[q].rx[i] = LOST; count--
     :: else
     fi;
     i++
  :: else -> break
  od;
  i = 1;
  do
  :: i < pt[q].V ->
     if
     :: HAS(pt[q].old, i) && i + 2 * KEEP_OLD < pt[q].V ->
        keep = 0; k = 0;
        do
        :: k < MSGS -> keep = keep || pt[q].rx[AT(i, k)] == SKIPPED; k++
        :: else -> break
        od;
        if
        :: !keep ->
           pt[q].old = pt[q].old & ~(1 << i); k = 0;
           do
           :: k < MSGS -> pt[q].rx[AT(i, k)] = LOST; k++
           :: else -> break
           od
        :: else
        fi
     :: else
     fi;
     i++
  :: else -> break
  od
}

/* SES-8.6 .. SES-8.8, on success. */
inline apply(q, p, e, c) {
  if
  :: enters ->
     if
     :: pt[q].V > 0 -> skip_to(q, pt[q].V, pt[p].prevOf[e]); pt[q].old = pt[q].old | (1 << pt[q].V)
     :: else
     fi;
     pt[q].V = e; pt[q].vn = 0; pt[q].waiting = 0; pt[q].peerSeen = pt[q].S;
     pt[q].viaCopy = pt[q].viaCopy | (BRANCH(p, e) << e)
  :: else
  fi;
  if
  :: e == pt[q].V && c >= pt[q].vn -> skip_to(q, e, c); pt[q].vn = c + 1
  :: else
  fi;
  pt[q].rx[AT(e, c)] = (p == COPY -> USED_COPY : USED);
  if
  :: seen > pt[q].peerSeen -> pt[q].peerSeen = seen
  :: else
  fi;
  if
  :: pt[q].peerSeen >= pt[q].S -> pt[q].block = 0
  :: else
  fi;
  forget(q)
}

inline deliver(q, p, e, c) {
  judge(q, p, e, c);
#ifdef COPIED
  /* a number that comes again from the other copy is noticed as long as its header opens */
  assert(!(pt[q].rx[AT(e, c)] >= USED && (pt[q].rx[AT(e, c)] == USED_COPY) != (p == COPY) && HEADER_KEY(q, p, e)) || out == FORKED || out == ROLLEDBACK);
  assert(copied || (out != FORKED && out != ROLLEDBACK));
#ifdef SHOW_FORKED
  assert(out != FORKED);  /* wanted */
#endif
#ifdef SHOW_ROLLEDBACK
  assert(out != ROLLEDBACK);  /* wanted */
#endif
#ifdef SHOW_QUIET_COPY
  assert(!(out == OPENED && p == COPY && c > 0 && pt[q].rx[AT(e, c - 1)] == USED && !BRANCH(p, e) && pt[COPY].sent[AT(e, c - 1)]));  /* wanted */
#endif
#else
  /* whatever arrives opens, unless it was opened before or passed over beyond the limits */
  assert(out == OPENED || (out == DUPLICATE && pt[q].shown[AT(e, c)]) || (out == UNOPENABLE && pt[q].rx[AT(e, c)] == LOST));
#endif
  if
  :: out == OPENED ->
     assert(!pt[q].shown[AT(e, c)]);  /* one number, one message, once */
     if
     :: dying == q + 1 ->
#ifdef BREAK_SHOW_FIRST
        pt[q].shown[AT(e, c)] = 1;
#endif
        dying = 0
     :: else ->
        apply(q, p, e, c);
        pt[q].shown[AT(e, c)] = 1;
#ifdef NOTHING_LOST
        i = 0;
        do
        :: i < SLOTS -> assert(pt[q].rx[i] != LOST); i++
        :: else -> break
        od
#endif
     fi
  :: else
  fi;
  invariant(q)
}

/* SES-6.4; and between two parties without copies the sending epochs differ by one as well. */
inline invariant(p) {
  assert(pt[p].S == pt[p].V + 1 || pt[p].V == pt[p].S + 1);
  assert(pt[p].waiting == (pt[p].S > pt[p].V));
#ifdef SHOW_BOTH_SILENT
  assert(!(pt[0].waiting && pt[1].waiting && pt[0].n == MSGS && pt[1].n == MSGS));  /* wanted */
#endif
#ifndef COPIED
  assert(pt[0].S == pt[1].S + 1 || pt[1].S == pt[0].S + 1)
#endif
}

/* ---- what can happen ---- */

#define OWNER(e) (((e) + 1) % 2)
#define READER(e) ((e) % 2)
#define ARRIVES(q, p, e, c) (pt[p].sent[AT(e, c)] && pt[p].sent[AT(e, c)] < GONE && (pt[q].rx[AT(e, c)] <= SKIPPED))
#define COMES_AGAIN(q, p, e, c) (pt[p].sent[AT(e, c)] && (pt[q].rx[AT(e, c)] > SKIPPED))
#define FIRST(e, c) :: d_step { ARRIVES(READER(e), OWNER(e), e, c) -> deliver(READER(e), OWNER(e), e, c) }
#define AGAIN(e, c) :: d_step { COMES_AGAIN(READER(e), OWNER(e), e, c) -> deliver(READER(e), OWNER(e), e, c) }
#define DROP(e, c) :: d_step { ARRIVES(READER(e), OWNER(e), e, c) -> pt[OWNER(e)].sent[AT(e, c)] = pt[OWNER(e)].sent[AT(e, c)] | GONE }
#define SEALS(p) :: d_step { CAN_STAY(p) -> seal(p, 0) } :: d_step { CAN_TURN(p) -> seal(p, 1) }
#ifdef COPIED
/* odd epochs are the initiator's */
#define WITH_COPY(e, c) \
  :: d_step { copied && COPIED == OWNER(e) && pt[COPY].sent[AT(e, c)] -> deliver(READER(e), COPY, e, c) } \
  :: d_step { copied && COPIED == READER(e) && pt[OWNER(e)].sent[AT(e, c)] -> deliver(COPY, OWNER(e), e, c) }
#endif
#if MSGS == 1
#define EACH(X, e) X(e, 0)
#elif MSGS == 2
#define EACH(X, e) X(e, 0) X(e, 1)
#else
#define EACH(X, e) X(e, 0) X(e, 1) X(e, 2)
#endif
#if EPOCHS == 3
#define ALL(X) EACH(X, 1) EACH(X, 2) EACH(X, 3)
#elif EPOCHS == 4
#define ALL(X) EACH(X, 1) EACH(X, 2) EACH(X, 3) EACH(X, 4)
#elif EPOCHS == 5
#define ALL(X) EACH(X, 1) EACH(X, 2) EACH(X, 3) EACH(X, 4) EACH(X, 5)
#else
#define ALL(X) EACH(X, 1) EACH(X, 2) EACH(X, 3) EACH(X, 4) EACH(X, 5) EACH(X, 6)
#endif

#ifdef STOLEN
inline steal() {
  stolen = 1; spare = 2; stolenAt = pt[STOLEN].S;
  i = (pt[STOLEN].S > pt[STOLEN].V -> pt[STOLEN].S : pt[STOLEN].V);
  rootKnown = 1 << i;
  offerKnown = (pt[STOLEN].waiting -> 1 << i : 0);
  if
  :: pt[STOLEN].S > 0 ->
#ifdef BREAK_KEEP_CHAIN
     chainFrom[pt[STOLEN].S] = 1
#else
     chainFrom[pt[STOLEN].S] = 1 + pt[STOLEN].n
#endif
  :: else
  fi;
  if
  :: pt[STOLEN].V > 0 -> chainFrom[pt[STOLEN].V] = 1 + pt[STOLEN].vn
  :: else
  fi;
  i = 0;
  do
  :: i < SLOTS -> keyKnown[i] = (pt[STOLEN].rx[i] == SKIPPED); i++
  :: else -> break
  od;
  /* what it had sealed or opened before stays secret */
  i = 1;
  do
  :: i <= EPOCHS ->
     k = 0;
     do
     :: k < MSGS -> assert(!(pt[STOLEN].sent[AT(i, k)] || pt[STOLEN].shown[AT(i, k)]) || !KNOWS(i, k)); k++
     :: else -> break
     od;
     i++
  :: else -> break
  od;
  skip
}
#endif

#ifdef COPIED
inline make_copy() {
  pt[COPY].S = pt[COPIED].S; pt[COPY].n = pt[COPIED].n; pt[COPY].block = pt[COPIED].block;
  pt[COPY].V = pt[COPIED].V; pt[COPY].vn = pt[COPIED].vn; pt[COPY].peerSeen = pt[COPIED].peerSeen;
  pt[COPY].waiting = pt[COPIED].waiting; pt[COPY].old = pt[COPIED].old;
  i = 0;
  do
  :: i <= EPOCHS -> pt[COPY].prevOf[i] = pt[COPIED].prevOf[i]; i++
  :: else -> break
  od;
  i = 0;
  do
  :: i < SLOTS -> pt[COPY].rx[i] = pt[COPIED].rx[i]; pt[COPY].shown[i] = pt[COPIED].shown[i]; i++
  :: else -> break
  od;
  copied = 1; copiedAt = pt[COPIED].S
}
#endif

/* Every message sealed, every epoch of the bound opened by its owner and entered by its reader. */
#define COMPLETE (pt[0].n == MSGS && pt[1].n == MSGS && pt[0].S + pt[1].S == 2 * EPOCHS - 1 && pt[0].V + pt[1].V == 2 * EPOCHS - 1)

active proctype life() {
  d_step {  /* SES-6.3, after the first contact */
    pt[0].S = 1; pt[0].waiting = 1;
    pt[1].V = 1
  }
end:
  do
  SEALS(0)
  SEALS(1)
  ALL(FIRST)
#ifdef COPIED
  ALL(AGAIN)
  ALL(WITH_COPY)
  :: d_step { copied && CAN_STAY(COPY) -> seal(COPY, 0) }
  :: d_step { copied && CAN_TURN(COPY) -> seal(COPY, 1) }
  :: d_step { !copied -> make_copy() }
#else
  /* every step above moves a counter, so every run ends; it may only end with everything done: nobody is ever stuck */
  :: else -> assert(COMPLETE); break
#endif
#ifdef BREAK_NO_RETRY
  ALL(DROP)
#endif
#if CRASHES > 0
  :: d_step { crashes < CRASHES && dying == 0 -> crashes++; dying = 1 }
  :: d_step { crashes < CRASHES && dying == 0 -> crashes++; dying = 2 }
#endif
#ifdef STOLEN
  :: d_step { !stolen -> steal() }
#endif
  od
}

#ifndef COPIED
/* The network's repetitions, apart so that they do not count as something left to do. */
active proctype again() {
end:
  do
  ALL(AGAIN)
  od
}
#endif
