using System.Text;
using UserManagement.Host.Settings;

namespace UserManagement.Host.Verbs;

/// <summary>What <c>--help</c> prints.</summary>
internal static class Help
{
    /// <summary>All verbs, or those that begin with the words given.</summary>
    public static string All(IReadOnlyList<Verb> verbs, IReadOnlyList<string> words)
    {
        var text = new StringBuilder(
            "UserManagement: directories provision people over SCIM, admins invite and manage them.\n\nusermanagement [VERB] [SETTINGS]\n\n"
        );
        var some = words.Count == 0 ? [] : verbs.Where(v => v.Name.StartsWith(words[0] + " ", StringComparison.Ordinal)).ToList();
        foreach (var verb in some.Count > 0 ? some : verbs)
        {
            text.Append("  ").Append($"{verb.Name} {verb.Usage}".PadRight(48)).Append(' ').Append(verb.Summary).Append('\n');
        }

        if (some.Count == 0)
        {
            text.Append("  ")
                .Append("simulate entra|okta|jumpcloud|onelogin|check ...".PadRight(48))
                .Append(
                    " Drives any SCIM server as a directory does\n\nVERB --help tells about each. Without a verb the server starts.\n\n"
                );
            Settings(text);
        }

        return text.ToString();
    }

    /// <summary>One verb.</summary>
    public static string Of(Verb verb)
    {
        var text = new StringBuilder()
            .Append($"usermanagement {verb.Name} {verb.Usage}".TrimEnd())
            .Append(" [SETTINGS]\n\n")
            .Append(verb.Summary)
            .Append(".\n\n")
            .Append(verb.Teaching.Trim())
            .Append("\n\n");
        if (verb.Options.Count > 0)
        {
            text.Append("Options:\n");
            foreach (var (option, meaning) in verb.Options)
            {
                text.Append("  ").Append(option.PadRight(36)).Append(' ').Append(meaning).Append('\n');
            }

            text.Append('\n');
        }

        Settings(text);
        return text.ToString();
    }

    private static void Settings(StringBuilder text)
    {
        text.Append("Settings, as --NAME VALUE or --NAME=VALUE, or in the environment as ")
            .Append(SettingNames.Prefix)
            .Append("NAME with __ for each colon:\n");
        foreach (var setting in SettingNames.All)
        {
            text.Append("  ").Append($"{setting.Option} {setting.Value}".PadRight(36)).Append(' ').Append(setting.Meaning).Append('\n');
        }
    }
}
