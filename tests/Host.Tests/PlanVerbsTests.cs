using UserManagement.Host.Settings;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Host.Tests;

/// <summary>The verbs about plans, one after the other over one data folder; and the settings of billing.</summary>
public class PlanVerbsTests
{
    [Fact]
    [Shows("S4-12")]
    public async Task The_operator_sets_a_plan_and_reads_what_is_used()
    {
        var data = TestFolder.New();
        Assert.Equal(0, (await RunAsync(data, "workspace", "create", "acme", "--preset", "seats")).Code);
        Assert.Equal(0, (await RunAsync(data, "admin", "invite", "acme", "ada@example.org")).Code);
        Assert.Equal(
            """
            tier        none
            seats       1 in use, limit 25
            slots       1 in use, no limit
            mails       0 of 2000 today
            trial ends  none
            contact     none
            customer    none
            """,
            (await RunAsync(data, "workspace", "plan", "show", "acme")).Output.Trim()
        );
        string[] trial = ["--tier", "trial", "--seats", "0", "--slots", "9", "--mails-in-all", "20", "--trial-ends", "2026-01-31"];
        var set = await RunAsync(data, ["workspace", "plan", "set", "acme", .. trial, "--contact", "Ada Byron", "--customer", "cus_1"]);
        Assert.Equal(0, set.Code);
        Assert.Equal(
            """
            tier        trial
            seats       1 in use, limit 0: over the limit. Nobody loses access, nothing more is given out
            slots       1 in use, limit 9
            mails       0 of 20 in all
            trial ends  2026-01-31, over
            contact     Ada Byron
            customer    cus_1
            """,
            set.Output.Trim()
        );
        set = await RunAsync(
            data,
            "workspace",
            "plan",
            "set",
            "acme",
            "--mails",
            "none",
            "--trial-ends",
            "none",
            "--grace",
            "10/30",
            "--seats",
            "none"
        );
        Assert.Contains("mails       no limit", set.Output, StringComparison.Ordinal);
        Assert.Contains("seats       1 in use, no limit", set.Output, StringComparison.Ordinal);
        Assert.Contains("contact     Ada Byron", set.Output, StringComparison.Ordinal);

        foreach (
            var wrong in (string[][])
                [
                    ["--seats", "many"],
                    ["--seats", "-1"],
                    ["--seats", "10000001"],
                    ["--tier", "gold"],
                    ["--tier", "1"],
                    ["--grace", "10"],
                    ["--pools", "pro"],
                    ["--mails", "7"],
                    ["--mails-in-all", "1", "--mails-per-day", "1"],
                    ["--trial-ends", "31.1.2027"],
                ]
        )
        {
            Assert.Equal(2, (await RunAsync(data, ["workspace", "plan", "set", "acme", .. wrong])).Code);
        }

        foreach (
            var refused in (string[][])
                [
                    ["nowhere"],
                    ["acme", "--pools", "pro=1"],
                    ["acme", "--customer", "c u s"],
                ]
        )
        {
            Assert.Equal(1, (await RunAsync(data, ["workspace", "plan", "set", .. refused])).Code);
        }

        Assert.Equal(1, (await RunAsync(data, "workspace", "plan", "show", "nowhere")).Code);
        Assert.Contains("workspace plan set", (await RunAsync(data, "workspace", "--help")).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync(data, "workspace", "create", "fine", "--preset", "licensed")).Code);
        var pools = await RunAsync(data, "workspace", "plan", "set", "fine", "--pools", "pro=5,business=none");
        Assert.Contains("pool pro    0 in use, limit 5", pools.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Billing_needs_both_of_its_secrets_and_sends_none_in_clear()
    {
        (string, string)[] whole = [("Stripe:ApiKey", "sk_test_1"), ("Stripe:WebhookSecret", "whsec_1")];
        Assert.Null(Read().Stripe);
        var stripe = Read([.. whole, ("Stripe:SeatPrices", "price_1, price_2")]).Stripe!;
        Assert.Equal(["price_1", "price_2"], stripe.SeatPrices);
        Assert.DoesNotContain("_test_", stripe.ToString(), StringComparison.Ordinal);
        foreach (
            var wrong in ((string, string)[][])
                [
                    [whole[0]],
                    [whole[1]],
                    [("Stripe:ApiKey", "sk test"), whole[1]],
                    [.. whole, ("Stripe:ApiBase", "http://stripe.example")],
                    [.. whole, ("Stripe:ApiBase", "nonsense")],
                ]
        )
        {
            var refused = Assert.Throws<SettingsException>(() => Read(wrong));
            Assert.DoesNotContain("whsec", refused.Message, StringComparison.Ordinal);
        }

        static HostSettings Read(params (string Name, string Value)[] set) =>
            HostSettings.Read(new System.Collections.Hashtable(), set.ToDictionary(s => s.Name, s => s.Value));
    }

    private static Task<(int Code, string Output, string Error)> RunAsync(string data, params string[] words) =>
        VerbRun.RunAsync([.. words, "--data", data]);
}
