/// Ways in which ``HTTPServerMachine`` can go wrong, a line of it each.
public enum ServerFault: String, Sendable, CaseIterable {
  /// Goes on after a request that closes the connection.
  case requestsAfterCloseProcessed
  /// Takes a lone LF for the end of a line, in chunk framing too.
  case loneLFEndsAnyLine
  /// Takes the content of a GET for the next request.
  case lengthOfGETIgnored
  /// Takes the content of a POST for the next request.
  case lengthOfPOSTIgnored
  /// Forgets the length where there is a coding, and keeps the connection.
  case lengthBesideCodingDropped
  /// Skips two octets after the data of a chunk, whatever they are.
  case chunkEndUnchecked
  /// Answers a malformed request and waits for the next.
  case refusalKeepsConnection
  /// Refuses with 500 whatever is wrong.
  case refusalAlways500
  /// Sends the answers to requests that came together last first.
  case answersReversed
  /// Swallows every request but the first.
  case onlyFirstAnswered
  /// Drops the answers it has not sent yet when it refuses a request.
  case garbageLosesAnswer
  /// Sends 100 to a client of HTTP/1.0.
  case continueSentToHTTP10
  /// Never sends 100.
  case noContinue
  /// Takes the content of a request with an expectation for the next request.
  case expectationKeepsBodyUnread
  /// Sends content in answer to HEAD.
  case headAnswerHasContent
  /// Takes trailers for fields.
  case trailersMerged
  /// Switches to any protocol that is offered.
  case upgradeAgreed
  /// Answers a method it does not know as if it were GET.
  case unknownMethodIsGET
  /// Answers TRACE with all fields, credentials included.
  case traceEchoesAll
  /// Refuses a method without saying which are allowed.
  case noAllow
  /// Sends no Date.
  case noDate
  /// Writes a part of the decoded target into a field of its own.
  case targetDecodedIntoField
  /// Waits for ever.
  case neverTimesOut
  /// Answers a request whose content was cut short.
  case truncatedBodyAnswered
}
