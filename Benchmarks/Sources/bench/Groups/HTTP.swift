import BenchHarness

extension GroupPlan {
  static var requests: GroupPlan {
    GroupPlan(
      "request", "Heads of requests; an item is one head",
      targets: [
        Target("512 different", .times(0.9, peer: "picohttpparser SSE4.2")),
        Target("512 different", .times(1.8, peer: "picohttpparser, no SSE")),
        Target("512 different", .times(1.6, peer: "httparse")), Target("512 different", .times(3, peer: "llhttp 8")),
        Target("512 different", .times(3, peer: "llhttp 9")), Target("512 different", .times(6, peer: "http-parser")),
        Target("upgrade, 230 B", .nanoseconds(100)), Target("upgrade, 230 B", .times(3.5, peer: "http-parser")),
      ]
    ) { setting in
      [("browser, 700 B", Heads.browser), ("minimal, 35 B", .minimal), ("upgrade, 230 B", .upgrade), ("512 different", .varied)].map {
        name, heads in
        let contenders: [Contender] =
          [
            .ours("RequestHeadScan", transcribe: requestScanTranscript, requestScanKernel),
            .ours("RequestParser", transcribe: requestParserTranscript, requestParserKernel),
          ] + setting.peers["request"]
          + setting.peers.python("Python httptools", task: "httptools-requests", on: heads.wire)
        return Contest(
          name: name, workspace: Workspace(heads.wire, ends: heads.ends, outputCapacity: heads.transcript.count + 64),
          items: heads.ends.count,
          octetsPerItem: Double(heads.wire.count) / Double(heads.ends.count), expected: UInt64(heads.wire.count),
          check: .output(heads.transcript), contenders: contenders)
      }
    }
  }

  static var responses: GroupPlan {
    GroupPlan("response", "The head of a response; an item is one head") { setting in
      let heads = Heads.response
      return [
        Contest(
          name: "response, 439 B", workspace: Workspace(heads.wire, ends: heads.ends, outputCapacity: heads.transcript.count + 64),
          octetsPerItem: Double(heads.wire.count), expected: UInt64(heads.wire.count), check: .output(heads.transcript),
          contenders: [
            .ours("ResponseHeadScan", transcribe: responseScanTranscript, responseScanKernel),
            .ours("ResponseParser", transcribe: responseParserTranscript, responseParserKernel),
          ] + setting.peers["response"])
      ]
    }
  }

  static var chunked: GroupPlan {
    GroupPlan(
      "chunked", "A chunked body of 60 KB, its copy included; an item is the body",
      targets: [Target("16 B chunks", .times(1.5, peer: "picohttpparser SSE4.2"))]
    ) { setting in
      [16, 256, 4 << 10].map { size in
        let body = ChunkedBody(octets: 60_000, chunk: size)
        return Contest(
          name: "\(sizeName(size)) chunks", workspace: Workspace(body.wire, outputCapacity: body.content.count + 64),
          octetsPerItem: Double(body.wire.count), expected: UInt64(body.content.count), check: .output(body.content),
          contenders: [
            .ours("ChunkedDecoder in place", transcribe: chunkedInPlaceTranscript, chunkedInPlaceKernel),
            .ours("ChunkedDecoder", transcribe: chunkedTranscript, chunkedKernel),
          ] + setting.peers["chunked"])
      }
    }
  }
}
