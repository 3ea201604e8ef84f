/// Deliberate faults of the echo server; each is caught by a case.
public enum PeerFault: String, Sendable, Hashable, CaseIterable {
  /// PF-1: text is not checked for UTF-8.
  case noTextCheck = "no-utf8-check"
  /// PF-2: any close code is accepted and echoed.
  case anyCloseCode = "echo-any-close-code"
  /// PF-3: reserved bits are ignored.
  case reservedBits = "accept-reserved-bits"
  /// PF-4: frames with a reserved opcode are ignored.
  case reservedOpcodes = "accept-reserved-opcodes"
  /// PF-5: a continuation without a beginning, a beginning without an end are accepted.
  case fragmentOrder = "ignore-fragment-order"
  /// PF-6: control frames may be fragmented.
  case fragmentedControl = "accept-fragmented-control"
  /// PF-7: control frames may be longer than 125 octets.
  case longControl = "accept-long-control"
  /// PF-8: Pings are not answered.
  case noPong = "no-pong"
  /// PF-9: Pongs bear no payload.
  case emptyPong = "empty-pong"
  /// PF-10: one octet of every echo is changed.
  case changedContent = "change-content"
  /// PF-11: echoes have the other type.
  case changedType = "change-type"
  /// PF-12: every echo is sent twice.
  case doubleEcho = "echo-twice"
  /// PF-13: frames are masked, as only a client may.
  case masked = "mask-frames"
  /// PF-14: Close frames are not answered.
  case noCloseReply = "no-close-reply"
  /// PF-15: the TCP connection is left open after the closing handshake.
  case noDrop = "keep-tcp-open"
  /// PF-16: connections fail without a Close frame.
  case silentFailure = "fail-without-close"
  /// PF-17: connections fail with 1000 instead of the fitting code.
  case wrongFailureCode = "fail-with-1000"
  /// PF-18: lengths are sent in eight octets always.
  case longLengths = "non-minimal-lengths"
  /// PF-19: messages that come after a Close frame are echoed.
  case echoAfterClose = "echo-after-close"
  /// PF-20: a close reason is not checked for UTF-8.
  case noReasonCheck = "no-reason-check"
  /// PF-21: a close payload of one octet is accepted.
  case oneOctetClose = "accept-one-octet-close"
  /// PF-22: the last octet of messages over 64 KiB is lost.
  case truncated = "truncate-long-messages"
  /// PF-23: an empty message is not echoed.
  case noEmptyEcho = "no-empty-echo"
  /// PF-24: every Pong is followed by a Close frame with a code that must not be sent.
  case forbiddenCloseCode = "send-close-1005"
}
