using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Workspaces;

/// <summary>A configuration that a later version wrote: read as far as it is known, written back with all that it holds.</summary>
public sealed class LaterConfigurationTests
{
    /// <summary>
    /// The stored form with a field of a later version in every object at every depth, and a later word for every setting that is a word.
    /// </summary>
    private static JsonObject LaterForm()
    {
        var stored = JsonNode.Parse((Preset.Named("licensed")! with { Shape = 9 }).Write())!.AsObject();
        Grow(stored);
        stored["capacity"]!["onFull"] = "queue";
        stored["invitations"]!["resend"] = "twice";
        stored["invitations"]!["providers"] = new JsonArray("google", "saml");
        stored["signIn"]!["mfa"] = "adaptive";
        stored["memberList"]!["columns"]!.AsArray().Add("laterColumn");
        stored["roles"]![0]!["permissions"]!.AsArray().Add("later.permission");
        return stored;

        static void Grow(JsonNode? node)
        {
            if (node is JsonObject grown)
            {
                grown.Select(p => p.Value).ToList().ForEach(Grow);
                grown["ofALaterVersion"] = new JsonObject { ["deep"] = new JsonArray(1, "two", null) };
            }
            else if (node is JsonArray list)
            {
                list.ToList().ForEach(Grow);
            }
        }
    }

    [Fact]
    public void What_is_not_known_reads_as_the_strictest_and_everything_is_written_back()
    {
        var stored = LaterForm();
        var read = WorkspaceConfiguration.Read(stored.ToJsonString());
        Assert.Equal(
            (OnFull.Refuse, ResendWhen.Never, MfaPolicy.Required),
            (read.Capacity.OnFull, read.Invitations.Resend, read.SignIn.Mfa)
        );
        Assert.Equal([IdentityProvider.Google], read.Invitations.Providers);
        Assert.True(JsonNode.DeepEquals(stored, JsonNode.Parse(read.WriteOver(stored.ToJsonString()))));

        stored["invitations"]!["providers"] = new JsonArray("saml");
        Assert.Equal([IdentityProvider.Local], WorkspaceConfiguration.Read(stored.ToJsonString()).Invitations.Providers);

        stored["signIn"]!["mfa"] = 7;
        stored["capacity"]!["onFull"] = new JsonObject { ["above"] = 3 };
        stored["invitations"]!["resend"] = null;
        read = WorkspaceConfiguration.Read(stored.ToJsonString());
        Assert.Equal(
            (OnFull.Refuse, ResendWhen.Never, MfaPolicy.Required),
            (read.Capacity.OnFull, read.Invitations.Resend, read.SignIn.Mfa)
        );
    }

    [Fact]
    public void A_change_of_one_field_changes_that_field_alone()
    {
        var stored = LaterForm();
        var read = WorkspaceConfiguration.Read(stored.ToJsonString());
        var wanted = read with
        {
            Roles = [.. read.Roles.Select((r, i) => i == 0 ? r with { Label = "Chief" } : r), new() { Key = "guest", Label = "Guest" }],
            Licenses = [.. read.Licenses.Skip(1).Reverse()],
            SignIn = read.SignIn with { Mfa = MfaPolicy.Optional, Domains = ["acme.example"] },
        };
        var written = JsonNode.Parse(wanted.WriteOver(stored.ToJsonString()))!.AsObject();

        stored["roles"]![0]!["label"] = "Chief";
        stored["roles"]!.AsArray().Add(written["roles"]!.AsArray()[^1]!.DeepClone());
        stored["licenses"] = new JsonArray([.. stored["licenses"]!.AsArray().Skip(1).Reverse().Select(l => l!.DeepClone())]);
        stored["signIn"]!["mfa"] = "optional";
        stored["signIn"]!["domains"] = new JsonArray("acme.example");
        Assert.True(JsonNode.DeepEquals(stored, written), written.ToJsonString());
        Assert.Equal(wanted.Write(), WorkspaceConfiguration.Read(written.ToJsonString()).Write());
    }

    [Fact]
    public void What_is_not_stored_is_not_written_unless_it_changed()
    {
        const string Old = """{"roles":[{"key":"admin","label":"Admin"}],"join":{"defaultRole":"user"}}""";
        var read = WorkspaceConfiguration.Read(Old);
        Assert.Equal(Old, read.WriteOver(Old));
        Assert.Equal(
            """{"roles":[{"key":"admin","label":"Admin"}],"join":{"defaultRole":"user"},"capacity":{"seats":3,"memberSlots":null,"onFull":"refuse","moreHint":null}}""",
            (read with { Capacity = new() { Seats = 3 } }).WriteOver(Old)
        );
    }

    [Fact]
    public void Every_setting_that_is_a_word_says_which_word_is_the_strictest()
    {
        var words = new HashSet<Type>();
        Collect(typeof(WorkspaceConfiguration), []);
        Assert.Superset(new HashSet<Type> { typeof(OnFull), typeof(MfaPolicy), typeof(ResendWhen), typeof(IdentityProvider) }, words);
        Assert.All(words, w => Assert.Single(Enum.GetNames(w), n => w.GetField(n)!.IsDefined(typeof(StrictestAttribute), false)));

        void Collect(Type type, HashSet<Type> seen)
        {
            type = Nullable.GetUnderlyingType(type) ?? type;
            if (type.IsEnum)
            {
                words.Add(type);
            }
            else if (type.IsGenericType)
            {
                Collect(type.GetGenericArguments()[^1], seen);
            }
            else if (type.Namespace?.StartsWith("UserManagement", StringComparison.Ordinal) == true && seen.Add(type))
            {
                foreach (var property in type.GetProperties().Where(p => p.CanWrite))
                {
                    Collect(property.PropertyType, seen);
                }
            }
        }
    }

    [Theory, EachDatabase]
    public async Task An_admin_who_changes_the_settings_keeps_what_a_later_version_set(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, "licensed");
        var stored = LaterForm();
        await using (var db = acme.Store.Read())
        {
            await db
                .Workspaces.Where(w => w.Id == acme.Id)
                .ExecuteUpdateAsync(s => s.SetProperty(w => w.Configuration, stored.ToJsonString()).SetProperty(w => w.Version, 7));
        }

        await acme.ConfigureAsync(c => c with { Capacity = c.Capacity with { MemberSlots = 41 } });
        stored["capacity"]!["memberSlots"] = 41;
        Assert.True(JsonNode.DeepEquals(stored, JsonNode.Parse(acme.Workspace.Row.Configuration)), acme.Workspace.Row.Configuration);
        Assert.Equal(41, (await acme.CountsAsync()).Slots.Limit);

        // what a caller sends as a whole (a new object, that knows of nothing later) keeps it as well
        var whole = JsonSerializer.Deserialize<WorkspaceConfiguration>(acme.Workspace.Configuration.Write(), WorkspaceConfiguration.Json)!;
        var done = await new ChangeConfiguration(acme.Store).RunAsync(
            Actor.Operator,
            acme.Id,
            null,
            whole with
            {
                Advice = new() { WarnBelowAdmins = 3 },
            },
            default
        );
        stored["advice"]!["warnBelowAdmins"] = 3;
        Assert.True(JsonNode.DeepEquals(stored, JsonNode.Parse(done.Value.Row.Configuration)), done.Value.Row.Configuration);
    }

    [Fact]
    public void Rules_on_trial_that_a_later_version_wrote_are_read_as_far_as_they_are_known()
    {
        var test = new SignInTest
        {
            WorkspaceId = default,
            Id = default,
            AccountId = default,
            ConnectionId = default,
            ConnectionVersion = 1,
            Rules = """{"localPassword":false,"mfa":"adaptive","geo":["de"]}""",
            Outcome = """{"code":"later","risk":{"score":3}}""",
            EndsAt = default,
            Version = 1,
        };
        Assert.Equal((false, MfaPolicy.Required, "later"), (test.Draft.LocalPassword, test.Draft.Mfa, test.Result!.Code));
    }
}
