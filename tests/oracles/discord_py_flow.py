"""discord.py at the Discord stand-in: a small bot that says what it sees, a line each.

usage: discord_py_flow.py API_URL TOKEN GUILD

People in the stand-in lead it; it leaves when they say so. Whatever the client finds
strange in what it is told is a line too. A failure ends it with a code other than 0.
"""

import io
import logging
import os
import sys
import traceback

import discord
import yarl
from discord import app_commands, ui
from discord.gateway import DiscordWebSocket
from discord.http import Route

APPS = ["motorsport", "rapid-audit", "shop"]


def say(words):
    print(words, flush=True)


class Strange(logging.Handler):
    """What the client complains of is said."""

    def emit(self, record):
        say(f"warning: {record.getMessage()}")


class Bot(discord.Client):
    """Says what the gateway tells."""

    def __init__(self, guild):
        super().__init__(
            intents=discord.Intents(guilds=True, guild_messages=True, guild_reactions=True),
            allowed_mentions=discord.AllowedMentions.none(),
            guild_ready_timeout=0.1,
        )
        self.home = discord.Object(guild)
        self.tree = app_commands.CommandTree(self)
        self.tree.error(fails)
        self.tree.add_command(Release(self), guild=self.home)
        self.card = None

    async def before_identify_hook(self, shard_id, *, initial=False):
        # The five seconds between two sessions pass on the stand-in's clock.
        pass

    async def setup_hook(self):
        shards, address, limit = await self.http.get_bot_gateway()
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(address)
        say(f"application {self.application.name}, {shards} shard, {limit['total']} starts a day")
        for command in await self.tree.sync(guild=self.home):
            inside = ", ".join(it.name for it in command.options)
            say(f"registered {command.name} with {inside} in {command.guild_id}")

    async def on_error(self, event, *args, **kwargs):
        gives_up()

    async def on_ready(self):
        guild = self.guilds[0]
        channel = guild.text_channels[0]
        say(f"ready as {self.user.name} in {guild.name}, #{channel.name} of {guild.owner_id}")
        roles = ", ".join(it.name for it in guild.roles)
        can = channel.permissions_for(guild.me)
        say(f"{guild.member_count} people, roles {roles}, may pin: {can.pin_messages}")

    async def on_resumed(self):
        say("resumed")

    async def on_message(self, message):
        by = "own" if message.author == self.user else message.author.name
        say(f"{by} message in {message.channel.name}: {message.content} {message.nonce or ''}")
        if self.user in message.mentions and message.content.endswith("leave"):
            await self.close()

    async def on_message_edit(self, before, after):
        say(f"edited: {before.content} became {after.content}")

    async def on_message_delete(self, message):
        say(f"deleted: {message.content}")

    async def on_thread_create(self, thread):
        say(f"thread {thread.name} under {thread.parent.name} by {thread.owner.name}")

    async def on_guild_channel_pins_update(self, channel, last_pin):
        say(f"pins of {channel.name} changed")

    async def on_reaction_add(self, reaction, user):
        say(f"{user.name} put {reaction.emoji} on {reaction.message.content}")

    async def on_raw_reaction_add(self, payload):
        say(f"raw: {payload.member.name} put {payload.emoji} on one of {payload.message_author_id}")

    async def on_raw_reaction_remove(self, payload):
        say(f"{payload.user_id} took {payload.emoji} off")


class Card(ui.View):
    """A button and a menu under a message."""

    def __init__(self):
        super().__init__(timeout=None)

    @ui.button(label="Go", style=discord.ButtonStyle.success, custom_id="go")
    async def go(self, interaction, button):
        say(f"{interaction.user.name} pressed Go on {interaction.message.content}")
        await interaction.response.edit_message(content="Going")

    @ui.button(label="Decline", custom_id="decline")
    async def decline(self, interaction, button):
        await interaction.response.send_modal(Decline())

    @ui.select(
        custom_id="pace",
        options=[discord.SelectOption(label=it, value=it.lower()) for it in ("Slow", "Fast")],
    )
    async def pace(self, interaction, select):
        say(f"{interaction.user.name} picked {select.values}")
        await interaction.response.defer()
        await interaction.edit_original_response(content=f"Going {select.values[0]}")

    async def on_error(self, interaction, error, item):
        gives_up()


class Decline(ui.Modal, title="Decline"):
    """A form."""

    why = ui.Label(text="Why?", component=ui.TextInput(custom_id="why", max_length=200))
    how = ui.Label(
        text="How bad?",
        component=ui.Select(
            custom_id="how", options=[discord.SelectOption(label=it) for it in ("bad", "worse")]
        ),
    )

    async def on_submit(self, interaction):
        on = interaction.message.content if interaction.message else "nothing"
        why, how = self.why.component.value, self.how.component.values
        say(f"{interaction.user.name} declined {on}: {why}, {how}")
        answer = await interaction.response.send_message("Noted", ephemeral=True)
        say(f"answered with {answer.resource.content}, private: {answer.is_ephemeral()}")

    async def on_error(self, interaction, error):
        gives_up()


class Release(app_commands.Group, name="release", description="Releases"):
    """The commands of people."""

    window = app_commands.Group(name="window", description="Windows")

    def __init__(self, bot):
        super().__init__()
        self.bot = bot

    @app_commands.command(description="Deploys")
    async def deploy(
        self, interaction: discord.Interaction, app: str, dry: bool = False, times: int = 1
    ):
        who, where = interaction.user, interaction.channel
        roles = [it.name for it in who.roles]
        say(f"{who.name} of {roles} deploys {app} in {where.name}: dry {dry}, {times} times")
        answer = await interaction.response.send_message("On it", ephemeral=True)
        say(f"answered with {answer.resource.content}, private: {answer.is_ephemeral()}")
        await interaction.edit_original_response(content=f"Deployed {app}")

    @deploy.autocomplete("app")
    async def apps(self, interaction: discord.Interaction, typed: str):
        say(f"{interaction.user.name} types {typed} with dry {interaction.namespace.dry}")
        return [app_commands.Choice(name=it, value=it) for it in APPS if it.startswith(typed)]

    @window.command(description="Adds a window")
    async def add(self, interaction: discord.Interaction, when: str):
        await interaction.response.defer(ephemeral=True, thinking=True)
        answer = await interaction.edit_original_response(content=f"Open {when}")
        say(f"answered later with {answer.content}")
        await interaction.delete_original_response()

    @app_commands.command(description="Asks why not")
    async def decline(self, interaction: discord.Interaction):
        await interaction.response.send_modal(Decline())

    @app_commands.command(description="Posts a card")
    async def card(self, interaction: discord.Interaction):
        await interaction.response.defer(ephemeral=True)
        who = interaction.user
        self.bot.card = await interaction.channel.send(
            f"Card for {who.mention} and <@{who.id + 1}>",
            view=Card(),
            nonce="card:1",
            allowed_mentions=discord.AllowedMentions(users=[who], everyone=False, roles=False),
        )
        called = [it.name for it in self.bot.card.mentions]
        again = await interaction.channel.send("Card once more", nonce="card:1")
        say(f"posted, calls {called}, once: {again.id == self.bot.card.id}")

    @app_commands.command(description="Changes the card")
    async def change(self, interaction: discord.Interaction):
        await interaction.response.defer(ephemeral=True)
        card = await self.bot.card.edit(content="Card 2")
        say(f"changed to {card.content}, {len(card.components)} rows, edited: {bool(card.edited_at)}")

    @app_commands.command(description="Who stands on the card")
    async def stand(self, interaction: discord.Interaction):
        await interaction.response.defer(ephemeral=True)
        card = await interaction.channel.fetch_message(self.bot.card.id)
        await card.add_reaction("👀")
        card = await interaction.channel.fetch_message(card.id)
        for reaction in card.reactions:
            names = sorted([it.name async for it in reaction.users()])
            say(f"{reaction.emoji} {reaction.count}, mine: {reaction.me}, {names}")
        await card.remove_reaction("👀", self.bot.user)

    @app_commands.command(description="Opens a thread")
    async def talk(self, interaction: discord.Interaction):
        await interaction.response.defer(ephemeral=True)
        await self.bot.card.pin()
        thread = await self.bot.card.create_thread(name="About the card")
        log = discord.File(io.BytesIO(b"a line\nanother"), "deploy.log")
        told = await thread.send("In the thread", file=log)
        found = [it.content async for it in thread.history(limit=5)]
        say(f"said {found} in {thread.name} with {told.attachments[0].filename}")
        await told.delete()
        card = await interaction.channel.fetch_message(self.bot.card.id)
        say(f"the card has the thread {card.thread.name}, pinned: {card.pinned}")

    @app_commands.command(description="Calls what may not be called")
    async def trespass(self, interaction: discord.Interaction):
        await interaction.response.defer(ephemeral=True)
        for call in (
            lambda: interaction.channel.fetch_message(1),
            lambda: interaction.guild.fetch_member(1),
            lambda: interaction.client.fetch_channel(1),
            lambda: self.bot.card.create_thread(name="Once more"),
        ):
            try:
                await call()
                say("nothing was refused")
            except discord.HTTPException as refusal:
                say(f"refused: {refusal.status} {refusal.code} {refusal.text}")


async def fails(interaction, error):
    gives_up()


def gives_up():
    traceback.print_exc()
    os._exit(1)


def main(api_url, token, guild):
    Route.BASE = f"{api_url}/v10"
    bot = Bot(int(guild))
    log = logging.getLogger("discord")
    log.setLevel(logging.WARNING)
    log.addHandler(Strange())
    bot.run(token, log_handler=None)


if __name__ == "__main__":
    main(*sys.argv[1:])
