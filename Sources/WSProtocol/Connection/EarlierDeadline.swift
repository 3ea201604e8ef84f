extension Duration? {
  /// The earlier of two deadlines; `nil` is none.
  func earlier(_ other: Duration?) -> Duration? {
    guard let self else { return other }
    return other.map { min(self, $0) } ?? self
  }
}
