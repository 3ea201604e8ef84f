import Foundation

/// Whether the Swift code was built for AVX2, as Scripts/bench says; it chooses which targets apply.
let isAVX2 = CommandLine.arguments.contains("--built-for-avx2")

/// What the Swift code was built for, in the words of the peers.
let instructionSet = isAVX2 ? "AVX2" : "SSE2"
