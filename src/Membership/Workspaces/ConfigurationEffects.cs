using System.Globalization;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Roles;

namespace UserManagement.Membership.Workspaces;

/// <summary>The words for the difference of two configurations, with how many it meets.</summary>
internal sealed partial class ConfigurationEffects(
    WorkspaceConfiguration now,
    WorkspaceConfiguration wanted,
    Counts counts,
    IReadOnlyList<OpenInvitations> open
)
{
    private readonly List<ConfigurationEffect> _effects = [];

    /// <summary>All of them.</summary>
    public IReadOnlyList<ConfigurationEffect> All()
    {
        Catalogue();
        Licenses();
        Joining();
        Limits();
        Invitations();
        Pages();
        return _effects;
    }

    /// <summary>So many people, in the workspace's word.</summary>
    public static string People(WorkspaceConfiguration configuration, long count) =>
        $"{Number(count)} {(count == 1 ? configuration.Terms.Person : configuration.Terms.People)}";

    internal static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    internal static string Listed(IEnumerable<string> words) => string.Join(", ", words.Order(StringComparer.Ordinal));

    private void Switch(bool before, bool after, string code, string on, string off)
    {
        if (before != after)
        {
            Add(EffectKind.Changes, code, after ? on : off);
        }
    }

    private string Who(long count, string one, string many, Role role) =>
        count == 0 ? $"{Label(role)}, which nobody is yet, {one}" : $"{People(wanted, count)} ({role.Label}) {(count == 1 ? one : many)}";

    private static string Label(Role role) => role.Label;

    private static string LabelOf(WorkspaceConfiguration configuration, string key) => configuration.Role(key)?.Label ?? key;

    private void Add(EffectKind kind, string code, string message, long count = 0) => _effects.Add(new(kind, code, message, count));
}
