import Connections
import Foundation
import HTTPParse
import Testing

/// What a process keeps; in processes of their own, because the tests beside them use it too.
@Suite("HTTP memory")
struct HTTPMemoryProcessTests {
  @Test("content held back for 100 (Continue) is let go of, whether it is sent or not")
  func heldContent() async {
    await #expect(processExitsWith: .success) {
      func residentBytes() throws -> Int {
        let pages = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")[1]
        return try #require(Int(pages)) * 4096
      }
      func upload(isContinued: Bool) throws {
        var request = HTTPClientRequest(method: "PUT", target: "/", fields: section([("Host", "a")]))
        (request.content, request.expectsContinue) = (.chunked, true)
        var session = HTTPClientSession()
        try session.send(request, now: .zero)
        for _ in 0..<4 { try session.write([UInt8](repeating: 1, count: 10_000)) }
        if isContinued { _ = session.handleDeadline(now: .seconds(5)) }
        let sent = session.takeOutput().reduce(0) { $0 + $1.count }
        try #require(isContinued == (sent > 40_000))
      }
      for isContinued in [false, true] {
        try upload(isContinued: isContinued)
        let before = try residentBytes()
        for _ in 0..<500 { try upload(isContinued: isContinued) }
        // 20 MB of content were held back.
        #expect(try residentBytes() < before + 4_000_000)
      }
    }
  }
}
