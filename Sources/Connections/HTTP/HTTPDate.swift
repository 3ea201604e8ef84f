/// Times as a Date field has them, RFC 9110 §5.6.7.
public enum HTTPDate {
  private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

  /// The IMF-fixdate of a time, such as "Sun, 06 Nov 1994 08:49:37 GMT".
  ///
  /// - Parameter seconds: Seconds since 1970 began, without leap seconds; what is outside of the years 1970 to 9999 counts as their ends.
  public static func text(secondsSince1970 seconds: Int) -> String {
    let seconds = min(max(seconds, 0), 253_402_300_799)
    let (days, rest) = (seconds / 86_400, seconds % 86_400)
    // Years begin in March here, so that the leap day is their last; 719,468 days lead from March of the year 0 to 1970.
    let shifted = days + 719_468
    let dayOfEra = shifted % 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let month = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * month + 2) / 5 + 1
    let year = yearOfEra + shifted / 146_097 * 400 + (month >= 10 ? 1 : 0)
    let time = [rest / 3600, rest / 60 % 60, rest % 60].map { padded($0, 2) }.joined(separator: ":")
    return "\(Self.days[days % 7]), \(padded(day, 2)) \(months[(month + 2) % 12]) \(padded(year, 4)) \(time) GMT"
  }

  private static func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
