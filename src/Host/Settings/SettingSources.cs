using System.Collections;
using System.Globalization;

namespace UserManagement.Host.Settings;

/// <summary>The settings as text by name, from environment and command line, and how each kind is read.</summary>
internal sealed class SettingSources
{
    private readonly Dictionary<string, string> _values = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The command line outweighs the environment. An empty value counts as none.</summary>
    public static SettingSources Merge(IDictionary environment, IReadOnlyDictionary<string, string> given)
    {
        var sources = new SettingSources();
        foreach (DictionaryEntry entry in environment)
        {
            if (
                entry.Key is not string key
                || !key.StartsWith(SettingNames.Prefix, StringComparison.OrdinalIgnoreCase)
                || key.StartsWith(SettingNames.Prefix + "TEST_", StringComparison.OrdinalIgnoreCase)
            )
            {
                continue;
            }

            var name = key[SettingNames.Prefix.Length..].Replace("__", ":", StringComparison.Ordinal);
            sources.Add(name, key, entry.Value as string ?? "");
        }

        foreach (var (name, value) in given)
        {
            sources.Add(name, "--" + name, value);
        }

        return sources;
    }

    public string? Text(string name) => _values.GetValueOrDefault(name);

    public bool Truth(string name, bool otherwise) =>
        Text(name) is not { } text ? otherwise
        : bool.TryParse(text, out var value) ? value
        : throw new SettingsException($"{name} is {text}: true or false is wanted.");

    public int Number(string name, int otherwise, int least, int most) =>
        Text(name) is not { } text ? otherwise
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most ? value
        : throw new SettingsException($"{name} is {text}: a whole number from {least} to {most} is wanted.");

    public T Word<T>(string name, T otherwise)
        where T : struct, Enum =>
        Text(name) is not { } text ? otherwise
        : Enum.TryParse<T>(text, ignoreCase: true, out var value) && Enum.IsDefined(value) && !char.IsAsciiDigit(text[0]) ? value
        : throw new SettingsException($"{name} is {text}: one of {string.Join(", ", Enum.GetNames<T>())} is wanted.");

    public static Uri Url(string name, string text) =>
        // A star or plus listens everywhere, and is no host that a URI could hold.
        Uri.TryCreate(
            text.Replace("://*", "://0.0.0.0", StringComparison.Ordinal).Replace("://+", "://0.0.0.0", StringComparison.Ordinal),
            UriKind.Absolute,
            out var url
        )
        && url.Scheme is "http" or "https"
        && url.UserInfo.Length == 0
        && url.Query.Length == 0
        && url.Fragment.Length == 0
            ? url
            : throw new SettingsException($"{name} is {text}: an address like https://people.example.org is wanted.");

    private void Add(string name, string source, string value)
    {
        if (SettingNames.Find(name) is not { } known)
        {
            throw new SettingsException($"There is no setting {source}. `--help` lists all.");
        }

        if (value.Length > 0)
        {
            _values[known.Name] = value;
        }
    }
}
