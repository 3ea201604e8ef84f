/// What a head parser answers to received octets.
public enum HeadProgress<Head: Sendable>: Sendable {
  /// The head is not complete; all octets were taken.
  case needsMore
  /// The head is complete; `consumed` octets of this span belong to it, the rest is the caller's.
  case complete(Head, consumed: Int)
}

extension HeadProgress: Equatable where Head: Equatable {}
