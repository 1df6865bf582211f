using System.Collections.Concurrent;
using System.Globalization;

namespace UserManagement.Drills.Servers;

/// <summary>What was answered, by door and status, and all that was wrong.</summary>
internal sealed class Answers
{
    private readonly ConcurrentDictionary<(string Door, int Status), int> _counts = new();
    private readonly ConcurrentDictionary<string, (double Sum, double Most)> _times = new();
    private readonly ConcurrentQueue<string> _wrongs = new();

    /// <summary>Everything that must not be, in the order in which it was found.</summary>
    public IReadOnlyCollection<string> Wrongs => _wrongs;

    /// <summary>Counts an answer and its time; one of the 500s is wrong.</summary>
    public void Note(string door, int status, string what, string text, TimeSpan took)
    {
        var ms = took.TotalMilliseconds;
        _times.AddOrUpdate(door, (ms, ms), (_, t) => (t.Sum + ms, Math.Max(t.Most, ms)));
        _counts.AddOrUpdate((door, status), 1, (_, n) => n + 1);
        if (status >= 500)
        {
            Wrong($"{what}: {status} {text[..Math.Min(text.Length, 300)]}");
        }
    }

    /// <summary>Notes something wrong.</summary>
    public void Wrong(string what) => _wrongs.Enqueue(what);

    /// <summary>One line for each door.</summary>
    public string Table() =>
        string.Join(
            '\n',
            _counts
                .GroupBy(c => c.Key.Door)
                .OrderBy(d => d.Key, StringComparer.Ordinal)
                .Select(door =>
                {
                    var all = door.Sum(c => c.Value);
                    var (sum, most) = (_times[door.Key].Sum, _times[door.Key].Most);
                    var statuses = door.OrderBy(c => c.Key.Status)
                        .Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Key.Status}: {c.Value}"));
                    return $"  {door.Key.PadRight(18)} {Right(all, 7)}  {Right(sum / all, 6)} ms, at most {Right(most, 6)}  {string.Join("  ", statuses)}";
                })
        );

    private static string Right(double number, int width) => number.ToString("0", CultureInfo.InvariantCulture).PadLeft(width);
}
