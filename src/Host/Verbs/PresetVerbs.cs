using System.Globalization;
using UserManagement.Membership.Access;
using UserManagement.Membership.Workspaces;
using UserManagement.Membership.Workspaces.Switching;

namespace UserManagement.Host.Verbs;

/// <summary>The verb that puts another preset in the place of a workspace's.</summary>
internal static class PresetVerbs
{
    public static Verb Switch { get; } =
        new(
            "workspace preset",
            "SLUG PRESET [--roles M] [--licenses M] [--apply yes]",
            "Previews another preset, and switches to it",
            $"""
            Without --apply yes nothing is changed: it tells who becomes what, who gains and loses, how many seats are needed, and which
            links end. A map names pairs, as in manager=admin,editor=user; a license that maps to nothing is taken away. What is not
            named goes to what is closest. Sign-in, directory, limits and groups stay. There is no undo: save the list first.
            Presets: {string.Join(", ", Preset.Names)}.

              usermanagement workspace preset acme seats --roles manager=admin
              usermanagement workspace preset acme seats --roles manager=admin --apply yes
            """,
            2,
            [
                ("--roles M", "What becomes of roles: present=new,..."),
                ("--licenses M", "What becomes of licenses: present=new,..."),
                ("--apply yes", "Does it"),
            ],
            async (call, ct) =>
            {
                await using var core = await OpenCore.OfAsync(call.Settings, ct);
                if (await WorkspaceVerbs.FindAsync(core, call.Operands[0], ct) is not { } workspace)
                {
                    return await call.RefuseAsync(WorkspaceVerbs.Missing(call.Operands[0]));
                }

                var wanted = new PresetSwitch(call.Operands[1], Map(call, "roles"), Map(call, "licenses"));
                var looked = await core.Act<PreviewPresetSwitch>().RunAsync(Actor.Operator, workspace.Id, wanted, ct);
                if (!looked.Is(out var preview, out var refusal))
                {
                    return await call.RefuseAsync(refusal);
                }

                foreach (var move in preview.Roles)
                {
                    await call.Out.WriteLineAsync(
                        string.Create(CultureInfo.InvariantCulture, $"role     {move.From} -> {move.To} ({move.People})")
                    );
                }

                foreach (var move in preview.Licenses)
                {
                    await call.Out.WriteLineAsync(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"license  {move.From} -> {(move.To.Length > 0 ? move.To : "none")} ({move.People})"
                        )
                    );
                }

                foreach (var effect in preview.Effects)
                {
                    await call.Out.WriteLineAsync($"{effect.Kind.ToString().ToLowerInvariant(), -8} {effect.Message}");
                }

                if (preview.Refusal is { } against)
                {
                    return await call.RefuseAsync(against);
                }

                if (call.Option("apply") != "yes")
                {
                    await call.Out.WriteLineAsync("Nothing was changed. --apply yes does it.");
                    return Exit.Done;
                }

                var done = await core.Act<SwitchPreset>().RunAsync(Actor.Operator, workspace.Id, preview.Version, wanted, ct);
                if (done.Refusal is { } no)
                {
                    return await call.RefuseAsync(no);
                }

                await call.Out.WriteLineAsync($"Switched to {wanted.Preset}.");
                return Exit.Done;
            }
        );

    private static Dictionary<string, string> Map(VerbCall call, string option)
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in (call.Option(option) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var at = pair.IndexOf('=', StringComparison.Ordinal);
            if (at < 1 || !map.TryAdd(pair[..at].Trim(), pair[(at + 1)..].Trim()))
            {
                throw new UsageException($"--{option} wants pairs, each present name once, as in manager=admin,editor=user.");
            }
        }

        return map;
    }
}
