import Conformance
import ConformanceRunner
import HTTPParse
import Testing
import WSHandshake

@Suite("Secrets in the log")
struct SecretTests {
  @Test(
    "R07: what the user gave is hidden where it is sent and where an answer quotes it, wherever the log ends",
    arguments: Array(stride(from: 0, through: 240, by: 10)))
  func hidden(paddingBytes: Int) throws {
    let parts = ["hunte", "swor", "//app", "letm"]
    var offer = ClientOffer(host: "h", target: "/?a=letmein&token=hunter2hunter2")
    offer.origin = "https://app.test"
    offer.fields = [try FieldLine(name: "Cookie", value: "id=swordfish")]
    let answer =
      "HTTP/1.1 301 Moved\r\nA: \(String(repeating: "a", count: paddingBytes))\r\n"
      + "Location: https://h/?a=letmein&token=hunter2hunter2\r\n"
      + "B: id=swordfish\r\nC: https://app.test, swordfish;\r\nD: hunter2hunter2\r\n"
      + String(repeating: "E: a=letmein&token=hunter2hunter2\r\n", count: 12) + "\r\n"
    var run = try CaseRun(CaseSelection.cases(["1.1.1"])[0], offer: offer, timing: CaseTiming(), seed: 1, now: .zero)
    run.connected("established", now: .zero)
    let request = run.nextWrite(now: .zero)?.octets ?? []
    #expect(parts.allSatisfy { String(decoding: request, as: UTF8.self).contains($0) })
    run.receive(Array(answer.utf8).span, now: .zero)
    let logged = try #require(run.result).wireLog.compactMap { entry -> String? in
      if case .octets(_, let octets) = entry.content { String(decoding: octets.kept, as: UTF8.self) } else { nil }
    }
    try #require(logged.count == 2)
    #expect(logged[1].hasPrefix("HTTP/1.1 301 Moved\r\nA: "))
    for text in logged { #expect(!parts.contains { text.contains($0) }, "\(text)") }
  }
}
