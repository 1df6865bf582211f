using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Text.Json;

namespace UserManagement.Membership;

/// <summary>
/// The words by which enumerations are stored. A database may hold words of a later version, beside a server of this one or
/// after a rollback: such a word is read as a value of its own, below all that are named, that equals only itself and is
/// written back as it was. What this version cannot know, <see cref="IsKnown"/> tells; nothing is decided by it.
/// </summary>
public static class Word
{
    private static readonly ConcurrentDictionary<(Type, string), int> Strangers = new();
    private static readonly ConcurrentDictionary<(Type, int), string> Written = new();
    private static int _last;

    /// <summary>The value of a stored word; never refuses one.</summary>
    public static T Read<T>(string word)
        where T : struct, Enum =>
        Words<T>.ByWord.TryGetValue(word, out var known) ? known : (T)Enum.ToObject(typeof(T), Strange(typeof(T), word));

    /// <summary>The word under which a value is stored.</summary>
    public static string Of<T>(T value)
        where T : struct, Enum => Words<T>.ByValue.TryGetValue(value, out var known) ? known : Of((Enum)value);

    /// <summary>The same, where the enumeration is known at run time alone.</summary>
    public static string Of(Enum value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return Enum.IsDefined(value.GetType(), value) ? value.ToString()
            : Written.TryGetValue((value.GetType(), Convert.ToInt32(value, null)), out var word) ? word
            : throw new ArgumentOutOfRangeException(nameof(value), value, "No word stands for this.");
    }

    /// <summary>Whether this version knows what the value means.</summary>
    public static bool IsKnown<T>(this T value)
        where T : struct, Enum => Words<T>.ByValue.ContainsKey(value);

    /// <summary>The word for an answer, in camel case; <c>unknown</c> for one of a later version.</summary>
    public static string Shown<T>(this T value)
        where T : struct, Enum => value.IsKnown() ? JsonNamingPolicy.CamelCase.ConvertName(Words<T>.ByValue[value]) : "unknown";

    private static int Strange(Type type, string word)
    {
        var number = Strangers.GetOrAdd((type, word), static _ => Interlocked.Decrement(ref _last));
        Written[(type, number)] = word;
        return number;
    }

    private static class Words<T>
        where T : struct, Enum
    {
        public static readonly FrozenDictionary<string, T> ByWord = Enum.GetValues<T>()
            .ToFrozenDictionary(v => v.ToString(), StringComparer.Ordinal);
        public static readonly FrozenDictionary<T, string> ByValue = Enum.GetValues<T>().ToFrozenDictionary(v => v, v => v.ToString());
    }
}
