using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Connections;

/// <summary>
/// Which connections of the installation a sign-in policy counts on and cannot use now. One rule for pages and command line.
/// </summary>
public static class ClosedConnections
{
    /// <summary>A sentence about them for whoever looks at the policy; null where there are none.</summary>
    /// <param name="rules">The policy.</param>
    /// <param name="connections">All connections that could open the workspace, switched off or not.</param>
    public static string? Sentence(SignInRules rules, IReadOnlyCollection<IdentityConnection> connections)
    {
        var platform = connections.Where(c => c.IsPlatform).ToList();
        var gone = rules.Connections?.Count(id => platform.TrueForAll(c => c.Id.Value != id)) ?? 0;
        List<string> sentences =
        [
            .. platform
                .Where(c => rules.Connections is not { } some || some.Contains(c.Id.Value))
                .Where(c => !c.Enabled || !c.IsKnown)
                .OrderBy(c => c.Name, StringComparer.Ordinal)
                .Select(c =>
                    c.Enabled
                        ? $"Nobody can use {c.Name}: a later version of this server set it up."
                        : $"Nobody can use {c.Name}: whoever runs this server has switched it off."
                ),
        ];
        if (gone > 0)
        {
            sentences.Add(
                gone == 1
                    ? "One provider that the policy names is no longer set up on this server."
                    : $"{gone} providers that the policy names are no longer set up on this server."
            );
        }

        return sentences.Count == 0 ? null : string.Join(' ', sentences);
    }
}
