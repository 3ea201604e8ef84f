import BenchHarness

extension GroupPlan {
  static var unmasking: GroupPlan {
    GroupPlan(
      "unmask", "Unmasking in place; an item is one call",
      targets: [
        Target("1 KiB", .times(40, peer: "wslay's loop")), Target("64 KiB", .times(40, peer: "wslay's loop")),
        Target("1 KiB", .times(3.5, peer: "Beast, -O2")), Target("64 KiB", .times(3.5, peer: "Beast, -O2")),
        Target("64 KiB", .times(1.2, peer: "memcpy")), Target("1 KiB", .times(1, peer: "C u64 loop, \(instructionSet)")),
        Target("64 KiB", .times(1, peer: "C u64 loop, \(instructionSet)")), Target("16 B", .nanoseconds(3)),
      ] + (isAVX2 ? [Target("64 KiB", .times(0.95, peer: "C u64 loop, native"))] : [])
    ) { setting in
      [16, 125, 1 << 10, 64 << 10, 16 << 20].map { size in
        var generator = Generator(seed: 2)
        let octets = generator.octets(size)
        // Exclusive-or takes as long on any data: no fresh copy is needed for each call.
        let workspace = Workspace(octets, outputCapacity: size)
        let key = workspace.key
        return Contest(
          name: sizeName(size), workspace: workspace, octetsPerItem: Double(size), expected: UInt64(size),
          check: .octets(octets.enumerated().map { $1 ^ key[$0 % 4] }),
          contenders: [.ours("Masking.apply", unmaskKernel)] + setting.peers["unmask"])
      }
    }
  }
}
