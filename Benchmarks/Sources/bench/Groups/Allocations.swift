import BenchHarness
import CBench

extension GroupPlan {
  static var allocations: GroupPlan {
    GroupPlan(
      "allocations", "Allocations in steady state; an item is one frame, one head or one chunk",
      targets: [
        Target("frames of 32 B", .allocations(0)), Target("512 different requests", .allocations(0)),
        Target("512 different requests", .allocations(0), contender: "RequestParser"), Target("responses of 439 B", .allocations(0)),
        Target("responses of 439 B", .allocations(0), contender: "ResponseParser"), Target("chunks of 16 B", .allocations(0)),
        Target("chunks of 16 B", .allocations(0), contender: "ChunkedDecoder"),
      ]
    ) { _ -> [Row] in
      let frames = FrameInput(Script.ascii.text(octets: 32), filling: 64 << 10)
      let varied = Heads.varied
      return [
        row(
          "frames of 32 B", [("FrameDecoder", checkingDecoderKernel), ("Endpoint", endpointKernel)], Workspace(frames.wire),
          items: frames.count),
        row(
          "512 different requests", [("RequestHeadScan", requestScanKernel), ("RequestParser", requestParserKernel)],
          Workspace(varied.wire, ends: varied.ends),
          items: varied.ends.count),
        row(
          "responses of 439 B", [("ResponseHeadScan", responseScanKernel), ("ResponseParser", responseParserKernel)],
          Workspace(Heads.response.wire, ends: Heads.response.ends), items: 1),
        row(
          "chunks of 16 B", [("ChunkedDecoder in place", chunkedInPlaceKernel), ("ChunkedDecoder", chunkedKernel)],
          Workspace(ChunkedBody(octets: 60_000, chunk: 16).wire), items: 3750),
      ]
    }
  }

  private static func row(_ name: String, _ kernels: [(String, bench_kernel)], _ workspace: Workspace, items: Int) -> Row {
    let cells = kernels.map { contender, kernel in
      // The first calls may fill buffers that are kept.
      for _ in 0..<3 { _ = kernel(workspace.input) }
      let before = bench_allocations()
      let rounds = 20
      for _ in 0..<rounds { _ = kernel(workspace.input) }
      let count = bench_allocations() - before
      return Cell(contender: contender, isOurs: true, allocations: Double(count) / Double(rounds * items))
    }
    return Row(name: name, octetsPerItem: 0, cells: cells)
  }
}
