using System.Text.Json.Nodes;
using UserManagement.Membership.Access;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Workspaces;

public sealed class PreviewConfigurationTests
{
    [Theory, EachDatabase]
    public async Task A_preview_tells_who_gains_and_loses_what_and_changes_nothing(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, "licensed");
        var invited = await acme.InviteAsync("ada@acme.test", "admin", r => r with { License = "business" });
        var ada = (await acme.RedeemAsync(invited.LinkSecret, "ada@acme.test")).Value.Member;
        await acme.ProvisionAsync("bob@acme.test");
        await acme.InviteAsync("cem@acme.test", "user", r => r with { License = "pro" });
        var now = acme.Workspace.Configuration;
        var wanted = now with
        {
            Roles =
            [
                .. now.Roles.Select(r =>
                    r.Key == "user" ? r with { Label = "Guest", Permissions = ["chat.use", "tools.share"], Rank = 20 } : r
                ),
            ],
            Licenses = [.. now.Licenses.Select(l => l.Key == "pro" ? l with { Features = ["chat"], Pool = 0 } : l)],
            Join = now.Join with { DefaultLicense = "business" },
            Invitations = now.Invitations with { LifetimeDays = 3, CopyLink = false },
            MemberList = new() { Columns = ["email", "role"] },
            Terms = now.Terms with { Person = "colleague", People = "colleagues", TermsOfUse = "https://acme.test/terms" },
        };
        var preview = (await new PreviewConfiguration(acme.Store).RunAsync(Actor.Operator, acme.Id, wanted, default)).Value;
        Assert.Null(preview.Refusal);
        var hers = (await new PreviewConfiguration(acme.Store).RunAsync(acme.As(ada), acme.Id, wanted, default)).Value;
        Assert.Equal("planLimit", hers.Refusal?.Code); // the pool is the plan's
        Assert.Equal(acme.Workspace.Row.Version, preview.Version);
        var told = preview.Effects.ToDictionary(e => e.Code + (e.Count > 0 ? $" {e.Count}" : ""), e => e.Message);
        Assert.Equal(
            "2 colleagues (Guest) lose: settings.personal, tools.create.",
            preview.Effects.First(e => e.Code == "permissionsLost" && e.Message.Contains("Guest", StringComparison.Ordinal)).Message
        );
        Assert.Contains("2 colleagues (Guest) get: tools.share.", preview.Effects.Select(e => e.Message));
        Assert.Contains("1 colleague with Pro loses: knowledge.", preview.Effects.Select(e => e.Message));
        Assert.Contains(
            "There are 0 Pro licenses, 1 in use. Nobody loses access; no more are given out until 2 are free.",
            preview.Effects.Select(e => e.Message)
        );
        Assert.Contains(
            "Invitations that are sent from now on are valid for 3 days. The 1 open keep their end.",
            told["lifetime 1"],
            StringComparison.Ordinal
        );
        Assert.Contains("https://acme.test/terms", told["termsOfUse"], StringComparison.Ordinal);
        foreach (var code in (string[])["roleNamed 2", "defaultLicense", "copyLink", "columns", "words"])
        {
            Assert.Contains(code, told.Keys);
        }

        Assert.Equal(preview.Effects.OrderBy(e => e.Kind), preview.Effects); // losses first

        // what would be refused is told, with the numbers
        var gone = now with
        {
            Roles =
            [
                .. now.Roles.Where(r => r.Key != "user").Select(r => r with { Includes = [] }),
                new() { Key = "guest", Label = "Guest" },
            ],
            Join = now.Join with { DefaultRole = "guest" },
        };
        var refused = (await new PreviewConfiguration(acme.Store).RunAsync(acme.As(ada), acme.Id, gone, default)).Value.Refusal!;
        Assert.Equal("roleInUse", refused.Code);
        Assert.EndsWith("Invitations that name it: 1.", refused.Message, StringComparison.Ordinal);
        var unlicensed = now with
        {
            Licenses = [.. now.Licenses.Where(l => l.Key != "pro")],
            Join = now.Join with { DefaultLicense = "business" },
        };
        Assert.Equal(
            "licenseInUse",
            (await new PreviewConfiguration(acme.Store).RunAsync(acme.As(ada), acme.Id, unlicensed, default)).Value.Refusal!.Code
        );
        Assert.Equal(
            RefusalKind.Invalid,
            (await new PreviewConfiguration(acme.Store).RunAsync(acme.As(ada), acme.Id, now with { Roles = [] }, default))
                .Value
                .Refusal!
                .Kind
        );
        Assert.Equal(
            "forbidden",
            (await new PreviewConfiguration(acme.Store).RunAsync(acme.Directory, acme.Id, now, default)).Refusal!.Code
        );

        // no setting changes without a sentence
        var silent = new List<string>();
        foreach (var part in (string[])["invitations", "join", "scim", "advice", "capacity"])
        {
            foreach (var (name, value) in JsonNode.Parse(now.Write())![part]!.AsObject())
            {
                var other = JsonNode.Parse(now.Write())!;
                other[part]![name] = value switch
                {
                    JsonValue v when v.TryGetValue(out bool yes) => !yes,
                    JsonValue v when v.TryGetValue(out int number) => number + 1,
                    _ => value?.DeepClone(),
                };
                var changed = WorkspaceConfiguration.Read(other.ToJsonString());
                var looked = (await new PreviewConfiguration(acme.Store).RunAsync(Actor.Operator, acme.Id, changed, default)).Value;
                if (changed.Write() != now.Write() && looked is { Effects.Count: 0, Refusal: not { Kind: RefusalKind.Invalid } })
                {
                    silent.Add($"{part}.{name}");
                }
            }
        }

        Assert.DoesNotContain(silent, s => s != "advice.setUpDone"); // that is put away on the list itself

        await acme.ConfigureAsync(c => c);
        Assert.Equal(now.Write(), acme.Workspace.Configuration.Write());
        await acme.ConfigureAsync(_ => wanted);
        Assert.Equal("https://acme.test/terms", acme.Workspace.Configuration.Terms.TermsOfUse);
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task A_workspace_is_renamed_against_the_version_seen_and_its_slug_stays(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var rename = new RenameWorkspace(acme.Store);
        foreach (var name in (string[])["", "  ", "two\nlines", new('n', 201), "half \ud800"])
        {
            Assert.Equal("invalidName", (await rename.RunAsync(Actor.Operator, acme.Id, null, name, default)).Refusal?.Code);
        }

        var done = (await rename.RunAsync(Actor.Operator, acme.Id, acme.Workspace.Row.Version, "  Acme Europe  ", default)).Value;
        Assert.Equal(("Acme Europe", "acme", acme.Workspace.Row.Version + 1), (done.Name, done.Slug, done.Version));
        Assert.Equal("stale", (await rename.RunAsync(Actor.Operator, acme.Id, acme.Workspace.Row.Version, "Other", default)).Refusal?.Code);
        Assert.Equal(done.Version, (await rename.RunAsync(Actor.Operator, acme.Id, null, "Acme Europe", default)).Value.Version);
        Assert.Equal("forbidden", (await rename.RunAsync(acme.Directory, acme.Id, null, "Mine", default)).Refusal?.Code);
        var viewer = await acme.JoinAsync("vera@acme.test", "viewer");
        Assert.Equal("forbidden", (await rename.RunAsync(acme.As(viewer), acme.Id, null, "Mine", default)).Refusal?.Code);
    }

    [Fact]
    public void Words_and_addresses_that_cannot_be_shown_are_refused()
    {
        var preset = Preset.Named("seats")!;
        foreach (
            var address in (string[])
                [
                    "http://acme.test",
                    "javascript:alert(1)",
                    "acme.test/terms",
                    "https://" + new string('a', 500),
                    "https://acme.test/\u202e",
                ]
        )
        {
            Assert.Equal(
                "terms.termsOfUse",
                ConfigurationCheck.Check(preset with { Terms = preset.Terms with { TermsOfUse = address } })?.Field
            );
        }

        foreach (var word in (string[])["", "\n", new('w', 61)])
        {
            Assert.Equal("terms.person", ConfigurationCheck.Check(preset with { Terms = preset.Terms with { Person = word } })?.Field);
            Assert.Equal(
                "invitations.revokeLabel",
                ConfigurationCheck.Check(preset with { Invitations = preset.Invitations with { RevokeLabel = word } })?.Field
            );
        }

        Assert.Equal("advice.warnBelowAdmins", ConfigurationCheck.Check(preset with { Advice = new() { WarnBelowAdmins = -1 } })?.Field);
        Assert.Null(ConfigurationCheck.Check(preset with { Terms = preset.Terms with { TermsOfUse = "https://acme.test/terms?x=1" } }));
    }
}
