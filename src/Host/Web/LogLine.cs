using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace UserManagement.Host.Web;

/// <summary>
/// One entry of the log as text. What people send can hold line ends and terminal codes: they are written as escapes, so
/// that nobody forges a line. Secrets that stand in addresses or tokens are cut out, whoever logged them.
/// </summary>
internal static partial class LogLine
{
    /// <summary>The entry, ended by \n; an exception's frames follow on lines that begin with four blanks.</summary>
    public static string Format(DateTimeOffset at, LogLevel level, string category, string message, Exception? exception)
    {
        var line = new StringBuilder()
            .Append(at.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture))
            .Append(' ')
            .Append(Word(level))
            .Append(' ')
            .Append(Clean(category))
            .Append(": ")
            .Append(Clean(message))
            .Append('\n');
        for (var (one, depth) = (exception, 0); one is not null && depth < 5; (one, depth) = (one.InnerException, depth + 1))
        {
            line.Append("    ").Append(one.GetType().FullName).Append(": ").Append(Clean(one.Message)).Append('\n');
            foreach (
                var frame in (one.StackTrace ?? "").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            )
            {
                line.Append("    ").Append(Clean(frame)).Append('\n');
            }
        }

        return line.ToString();
    }

    /// <summary>Text on one line, without terminal codes and without secrets.</summary>
    public static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var c in Secrets().Replace(text, "$1***"))
        {
            // Control characters, and the marks that turn the reading direction around.
            if (char.IsControl(c) || c is '\u2028' or '\u2029' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069'))
            {
                clean.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            }
            else
            {
                clean.Append(c);
            }
        }

        return clean.ToString();
    }

    private static string Word(LogLevel level) =>
        level switch
        {
            LogLevel.Trace => "trace",
            LogLevel.Debug => "debug",
            LogLevel.Information => "info",
            LogLevel.Warning => "warn",
            LogLevel.Error => "error",
            _ => "fatal",
        };

    [GeneratedRegex(@"(/(?:invite|reset|enter)/|umscim_|umapi_|umop_|[Bb]earer )[A-Za-z0-9_\-.~+/=%]+")]
    private static partial Regex Secrets();
}
