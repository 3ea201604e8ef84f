/// Ways in which ``HTTPServerMachine`` can go wrong, one line of it each.
public enum ServerFault: String, Sendable, CaseIterable {
  case requestsAfterCloseProcessed
  case loneLFEndsAnyLine
  case lengthOfGETIgnored
  case lengthOfPOSTIgnored
  case lengthBesideCodingDropped
  case chunkEndUnchecked
  case refusalKeepsConnection
  case refusalAlways500
  case answersReversed
  case onlyFirstAnswered
  case garbageLosesAnswer
  case continueSentToHTTP10
  case noContinue
  case expectationKeepsBodyUnread
  case headAnswerHasContent
  case trailersMerged
  case upgradeAgreed
  case unknownMethodIsGET
  case traceEchoesAll
  case noAllow
  case noDate
  case targetDecodedIntoField
  case neverTimesOut
  case truncatedBodyAnswered
}
