import Conformance
import ConformancePeers
import Testing

@Suite("Every fault of a peer is caught")
struct PeerFaultTests {
  /// The case that names the fault, and what it says on the two axes.
  private static let expectations: [(PeerFault, autobahnID: String, Verdict, CloseVerdict)] = [
    (.noTextCheck, "6.3.1", .fail, .failed),
    (.anyCloseCode, "7.9.1", .fail, .failed),
    (.reservedBits, "3.1", .fail, .failed),
    (.reservedOpcodes, "4.1.1", .fail, .failed),
    (.fragmentOrder, "5.9", .fail, .failed),
    (.fragmentedControl, "5.1", .fail, .failed),
    (.longControl, "2.5", .fail, .failed),
    (.noPong, "2.2", .fail, .failed),
    (.emptyPong, "2.2", .fail, .failed),
    (.changedContent, "1.1.3", .fail, .ok),
    (.changedType, "1.1.3", .fail, .ok),
    (.doubleEcho, "1.1.3", .fail, .ok),
    (.masked, "1.1.3", .fail, .failed),
    (.noCloseReply, "7.3.3", .fail, .droppedByUs),
    (.noDrop, "7.3.3", .pass, .droppedByUs),
    (.silentFailure, "3.1", .deviation, .ok),
    (.wrongFailureCode, "3.1", .deviation, .wrongCode),
    (.longLengths, "1.1.3", .fail, .failed),
    (.echoAfterClose, "7.1.4", .fail, .failed),
    (.noReasonCheck, "7.5.1", .fail, .wrongCode),
    (.oneOctetClose, "7.3.2", .deviation, .ok),
    (.truncated, "1.1.7", .fail, .ok),
    (.noEmptyEcho, "1.1.1", .fail, .failed),
    (.forbiddenCloseCode, "2.2", .fail, .failed),
  ]

  @Test("every fault has its case") func complete() {
    #expect(Set(Self.expectations.map(\.0)) == Set(PeerFault.allCases))
  }

  @Test("the fault is caught by its case, with a reason", arguments: expectations)
  func caught(fault: PeerFault, autobahnID: String, verdict: Verdict, close: CloseVerdict) throws {
    let conformanceCase = try #require(Catalogue.find(autobahnID))
    let result = Simulator.run(conformanceCase, against: FaultyEchoMachine(faults: [fault]))
    #expect(
      result.verdict == verdict && result.close.verdict == close,
      "\(result.verdict) \(String(describing: result.close.verdict)) \(result.why); \(result.close.why)")
    #expect(result.why != "as required" || result.close.verdict != .ok)
    #expect(result.wireLog.count > 3)
  }
}
